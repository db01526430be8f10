"""The files of the project: one bucket of photos, by public, authenticated and signed address (supabase.md section 7).

What a caller may not see does not exist for him, and nearly every refusal is HTTP 400 with the true status as text.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app.demo.supabase.gateway import Gateway, Role
from app.demo.supabase.refusals import Refusal, file_refusal
from app.demo.supabase.tokens import TokenProblem, Tokens
from app.demo.supabase.workforce import BUCKET, Photo

MOST_PATHS = 1000
HIDDEN = "Either the object does not exist or you do not have access to it"


class Storage:
    """Answers below `/storage/v1/object`. Everything public may be changed while it serves.

    `files` holds bytes, or photos that are drawn when they are asked for, by path; `public` is the bucket's own
    setting; `policy` is the one of section 2.3, without which a signed-in user sees no file.
    """

    def __init__(self, gateway: Gateway, tokens: Tokens) -> None:
        self._gateway, self._tokens = gateway, tokens
        self.bucket = BUCKET
        self.files: dict[str, bytes | Photo] = {}
        self.public = True
        self.policy = True

    async def public_file(self, request: Request) -> Response:
        """`GET /object/public/{bucket}/{path}`: nobody is asked for a key, and a private bucket does not exist."""
        if request.path_params["bucket"] != self.bucket or not self.public:
            raise file_refusal("404", "Bucket not found", "Bucket not found", "NoSuchBucket")
        return await self._file(request.path_params["path"])

    async def own_file(self, request: Request) -> Response:
        """`GET /object/authenticated/{bucket}/{path}`, with key and token."""
        self._check(request)
        return await self._file(request.path_params["path"])

    async def signed_file(self, request: Request) -> Response:
        """`GET /object/sign/{bucket}/{path}?token=…`, for whoever has the address."""
        bucket, path = request.path_params["bucket"], request.path_params["path"]
        token = request.query_params.get("token")
        if not token:
            raise _invalid("querystring must have required property 'token'")
        try:
            told = jwt.decode(
                token, self._secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
            )
        except jwt.PyJWTError as error:
            raise file_refusal("400", "InvalidJWT", "signature verification failed", "InvalidJWT") from error
        if told.get("url") != f"{bucket}/{path}":
            raise file_refusal("400", "InvalidSignature", "Invalid signature", "InvalidSignature")
        if told.get("exp", 0) < self._tokens.now():
            raise file_refusal("400", "InvalidJWT", '"exp" claim timestamp check failed', "InvalidJWT")
        return await self._file(path)

    async def sign(self, request: Request) -> Response:
        """`POST /object/sign/{bucket}/{path}`: one address, relative to `/storage/v1`."""
        visible, path = self._check(request), request.path_params["path"]
        seconds = _seconds(await _body(request))
        if not visible or path not in self.files:
            raise _no_file()
        return JSONResponse({"signedURL": self._address(path, seconds)})

    async def sign_many(self, request: Request) -> Response:
        """`POST /object/sign/{bucket}`: up to a thousand addresses, each with an error of its own."""
        visible = self._check(request)
        body = await _body(request)
        seconds, paths = _seconds(body), body.get("paths")
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
            raise _invalid("body/paths must be array")
        if len(paths) > MOST_PATHS:
            raise _invalid(f"body/paths must NOT have more than {MOST_PATHS} items")
        return JSONResponse([self._entry(path, seconds, visible=visible and path in self.files) for path in paths])

    @property
    def _secret(self) -> str:
        return hashlib.sha256(f"storage {self._tokens.shared_secret}".encode()).hexdigest()

    def _check(self, request: Request) -> bool:
        """Whether the caller may see the files. Raises Refusal for a bad token or an unknown bucket."""
        try:
            caller = self._gateway.caller(request)
        except TokenProblem as problem:
            code = "ExpiredToken" if problem.expired else "InvalidJWT"
            raise file_refusal("403", "Unauthorized", problem.message, code) from problem
        if request.path_params["bucket"] != self.bucket:
            raise file_refusal("404", "Bucket not found", "Bucket not found", "NoSuchBucket")
        seen = caller.role == Role.SERVICE or (self.policy and caller.admin)
        if not seen and request.method == "GET":
            raise _no_file()
        return seen

    def _address(self, path: str, seconds: int) -> str:
        """The path stands in it as it is; a client percent-encodes it."""
        now = int(self._tokens.now())
        token = jwt.encode({"url": f"{self.bucket}/{path}", "iat": now, "exp": now + seconds}, self._secret, "HS256")
        return f"/object/sign/{self.bucket}/{path}?token={token}"

    def _entry(self, path: str, seconds: int, *, visible: bool) -> dict[str, str | None]:
        if not visible:
            return {"path": path, "signedURL": None, "error": HIDDEN}
        return {"path": path, "signedURL": self._address(path, seconds), "error": None}

    async def _file(self, path: str) -> Response:
        held = self.files.get(path)
        if held is None:
            raise _no_file()
        content = await asyncio.to_thread(_drawn, held) if isinstance(held, Photo) else held
        headers = {
            "ETag": f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"',
            "Cache-Control": "max-age=3600",
        }
        # The type is that of the name, which whoever uploaded the file has chosen.
        return Response(content, 200, headers, "image/png" if path.endswith(".png") else "image/jpeg")


def by_method(**answers: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """One answer per method, for a path that has two."""

    async def answer(request: Request) -> Response:
        return await answers[request.method](request)

    return answer


def _drawn(photo: Photo) -> bytes:
    from app.demo.supabase.pictures import picture  # Pillow is loaded when the first picture is asked for

    return picture(photo)


def _no_file() -> Refusal:
    return file_refusal("404", "not_found", "Object not found", "NoSuchKey")


def _invalid(message: str) -> Refusal:
    return file_refusal("400", "Error", message, "InvalidRequest")


def _seconds(body: dict[str, Any]) -> int:
    """How long an address is to be good."""
    seconds = body.get("expiresIn")
    if not isinstance(seconds, int) or seconds < 1:
        raise _invalid(
            "body must have required property 'expiresIn'" if seconds is None else "body/expiresIn must be >= 1"
        )
    return seconds


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise _invalid("Body is not valid JSON") from error
    if not isinstance(body, dict):
        raise _invalid("body must be object")
    return body
