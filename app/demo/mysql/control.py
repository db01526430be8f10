"""The demo MySQL server's faults and questions over HTTP, on a port of its own, for people and other processes.

    POST   /_demo/faults       {"fault": "hang", "containing": "usage_stats", "times": 1}
    GET    /_demo/faults       the plan in force, all fields of `faults.MysqlFaultPlan`
    DELETE /_demo/faults       heals
    GET    /_demo/questions    [{"connection": 3, "user": "muster", "sql": "SELECT 1"}, ...]
    DELETE /_demo/questions    forgets them

It asks for no credentials. A plan that cannot be read is answered with 400 and the reason in `detail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, Router

from app.demo.control import CONTROL
from app.demo.mysql.faults import HEALTHY, MysqlFaultPlan

if TYPE_CHECKING:
    from app.demo.mysql.server import DemoMysql


def control_app(server: DemoMysql) -> Router:
    """The control path of `server`."""

    async def plan_of_faults(request: Request) -> Response:
        try:
            if request.method == "POST":
                server.fault = msgspec.json.decode(await request.body(), type=MysqlFaultPlan)
            elif request.method == "DELETE":
                server.fault = HEALTHY
        except ValueError as error:  # msgspec's errors are ValueErrors as well
            return JSONResponse({"detail": str(error)}, 400)
        return Response(msgspec.json.encode(server.fault), media_type="application/json")

    async def questions(request: Request) -> Response:
        if request.method == "DELETE":
            server.forget_questions()
        return JSONResponse([question._asdict() for question in server.questions])

    return Router(
        [
            Route(f"{CONTROL}faults", plan_of_faults, methods=["GET", "POST", "DELETE"]),
            Route(f"{CONTROL}questions", questions, methods=["GET", "DELETE"]),
        ],
        redirect_slashes=False,
    )
