"""How each service of the project says no: gateway, tables (supabase.md section 3.5), sign-in (6.4), files (7.2)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class Refusal(Exception):
    """A request is answered with `status` and `body` instead of what it asked for."""

    def __init__(self, status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        super().__init__(status, body)
        self.status, self.body, self.headers = status, body, headers or {}

    def answer(self, request: Request) -> Response:  # noqa: ARG002 - sign-in has two forms of body
        """The refusal as it goes out."""
        return JSONResponse(self.body, self.status, self.headers)


class SignInRefusal(Refusal):
    """Of the sign-in service: the code stands in a header too, and a newer form of body can be asked for."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, {"code": status, "error_code": code, "msg": message}, {"x-sb-error-code": code})

    def answer(self, request: Request) -> Response:
        """In the form of `X-Supabase-Api-Version`, or the old one."""
        if request.headers.get("x-supabase-api-version", "") >= "2024-01-01":
            body = {"code": self.body["error_code"], "message": self.body["msg"]}
            return JSONResponse(body, self.status, self.headers)
        return super().answer(request)


def gateway_refusal(message: str, hint: str) -> Refusal:
    """401 before any service was reached."""
    return Refusal(401, {"message": message, "hint": hint})


def table_refusal(status: int, code: str, message: str, details: object = None, hint: str | None = None) -> Refusal:
    """Of the tables; 401 names the reason in a header as well."""
    described = f'Bearer error="invalid_token", error_description="{message}"'
    headers = {401: {"WWW-Authenticate": described if code.startswith("PGRST3") else "Bearer"}}.get(status)
    return Refusal(status, {"code": code, "details": details, "hint": hint, "message": message}, headers)


def file_refusal(status: str, error: str, message: str, code: str) -> Refusal:
    """Of the files: the status on the wire is 400, the true one is text in the body (section 7.2)."""
    body = {"statusCode": status, "error": error, "message": message, "code": code}
    return Refusal(429 if status == "429" else 400, body)
