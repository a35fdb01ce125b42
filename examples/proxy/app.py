"""A proxy that fetches with a synchronous client: while it waits for one page, nobody is served.

``GET /proxy?url=...`` passes on the status, the media type and the content of the page behind
``url``. Both ``urlopen`` and ``read`` wait for the network, and both do so on the event loop. Keep
it on loopback: it fetches whatever address it is given.
"""

import urllib.parse
import urllib.request

from fastapi import FastAPI, HTTPException, Request, Response

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/proxy")
async def get_proxy(url: str, request: Request) -> Response:
    try:
        return await proxy(request, url)
    except Exception as error:
        raise HTTPException(status_code=500, detail=str(error)) from error


async def proxy(request: Request, url: str) -> Response:
    accept = request.headers.get("accept", "*/*")
    question = urllib.request.Request(url=urllib.parse.unquote(url), headers={"accept": accept})
    with urllib.request.urlopen(question) as answer:
        content = answer.read()
        return Response(
            content=content,
            status_code=answer.status,
            media_type=answer.headers.get_content_type(),
        )
