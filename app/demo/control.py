"""The control path of every demo system: faults and request log over HTTP, for people and other processes.

    POST   /_demo/faults     {"fault": "rate_limited", "seconds": 30, "only": "employees", "times": 2}
    GET    /_demo/faults     the plan in force, all fields of `faults.FaultPlan`
    DELETE /_demo/faults     heals
    GET    /_demo/requests   [{"method": "GET", "path": "/Account/Methods", "status": 200}, ...]
    DELETE /_demo/requests   forgets them

It asks for no credentials, is never hit by a fault and never logged as a request. A plan that cannot be read
is answered with 400 and the reason in `detail`.
"""

from __future__ import annotations

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.demo.faults import HEALTHY, FaultPlan, FaultSwitch
from app.demo.request_log import RequestLog

CONTROL = "/_demo/"


def control_routes(faults: FaultSwitch, log: RequestLog) -> list[Route]:
    """Routes under CONTROL that show and change `faults` and `log`."""

    async def plan_of_faults(request: Request) -> Response:
        try:
            if request.method == "POST":
                faults.plan = msgspec.json.decode(await request.body(), type=FaultPlan)
            elif request.method == "DELETE":
                faults.plan = HEALTHY
        except ValueError as error:  # msgspec's errors are ValueErrors as well
            return JSONResponse({"detail": str(error)}, 400)
        return Response(msgspec.json.encode(faults.plan), media_type="application/json")

    async def requests(request: Request) -> Response:
        if request.method == "DELETE":
            log.forget_requests()
        return JSONResponse([entry._asdict() for entry in log.requests])

    return [
        Route(f"{CONTROL}faults", plan_of_faults, methods=["GET", "POST", "DELETE"]),
        Route(f"{CONTROL}requests", requests, methods=["GET", "DELETE"]),
    ]
