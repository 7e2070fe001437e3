"""Every route says who may use it, and the server holds them to it."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute

from cellarhand.domain import Role
from cellarhand.web.acts import acts
from cellarhand.web.api import api
from cellarhand.web.ledger import ledger_api, ledger_pages
from cellarhand.web.pages import pages

ROUTES = [route for router in (api, acts, ledger_api, ledger_pages, pages) for route in router.routes]
OPEN = {"/sign-in", "/sign-out", "/welcome/{token}", "/sw.js", "/healthz"}
PAGE = {"accept": "text/html"}


def stated(route: APIRoute) -> str | None:
    return (route.openapi_extra or {}).get("x-who")


def unstated(routes) -> list[str]:
    """Routes that forgot to say who may use them, or say so without asking."""
    wrong = []
    for route in routes:
        who = stated(route) if isinstance(route, APIRoute) else None
        if who not in {*Role, "anyone"} or (who != "anyone" and not route.dependencies):
            wrong.append(route.path)
        if who == "anyone" and route.path not in OPEN:
            wrong.append(route.path)
    return wrong


def test_every_route_states_who_may_use_it():
    assert len(ROUTES) > 40 and not unstated(ROUTES)


def test_a_route_that_forgets_is_found():
    from fastapi import APIRouter

    planted = APIRouter()

    @planted.get("/secret")
    def secret() -> dict[str, str]:
        return {"a": "secret"}

    assert unstated(planted.routes) == ["/secret"]


def address(route: APIRoute) -> str:
    path = route.path
    return re.sub(r"{\w+_id}", "1", path.replace("{tank}", "nobody").replace("{token}", "x"))


def test_every_route_that_needs_somebody_refuses_nobody(server):
    for route in ROUTES:
        if stated(route) == "anyone":
            continue
        for method in route.methods:
            own = {"sec-fetch-site": "same-origin"}
            answer = server.bare.request(method, address(route), json={}, headers=own)
            assert answer.status_code == 401, (method, route.path, answer.status_code)


@pytest.fixture(scope="module")
def people(server):
    """A signed-in client for each role."""
    clients = {}
    for role in ("admin", "brewer", "viewer"):
        link = server.api("POST", "/api/persons", {"name": f"the {role}", "role": role})["path"]
        client = httpx.Client(base_url=server.url, headers={"origin": server.url}, timeout=30)
        assert client.get(link).status_code == 200
        answer = client.post(link, data={"name": f"the {role}", "password": f"a long {role} password"})
        assert answer.status_code == 303 and "cellarhand" in client.cookies
        clients[role] = client
    yield clients
    for client in clients.values():
        client.close()


def test_a_role_gains_nothing_beyond_what_is_stated(server, people):
    for route in ROUTES:
        need = stated(route)
        if need == "anyone" or route.path == "/api/events":
            continue
        for role, client in people.items():
            enough = Role(role).includes(Role(need))
            for method in route.methods:
                if enough and method == "DELETE":
                    continue
                answer = client.request(method, address(route), json={})
                assert (answer.status_code not in (401, 403)) == enough, (role, method, route.path, answer.status_code)


def test_a_device_token_opens_no_other_door(server):
    token = server.device(tank=server.tank("doors")).split("/")[-1]
    for header in ({"authorization": f"Bearer {token}"}, {"cookie": f"cellarhand={token}"}):
        assert server.bare.get("/api/tanks", headers=header).status_code == 401


def test_a_link_works_once(server):
    link = server.api("POST", "/api/persons", {"name": "once", "role": "viewer"})["path"]
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as client:
        form = {"name": "once", "password": "a password of length"}
        assert client.post(link, data=form).status_code == 303
        assert client.post(link, data=form).status_code == 404 and client.get(link).status_code == 404


def test_what_changes_something_must_come_from_our_own_pages(people):
    client = people["brewer"]
    for headers in (
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "", "sec-fetch-site": "cross-site"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-site"},
    ):
        answer = client.post("/api/undo", json={"what": "event:1"}, headers=headers)
        assert answer.status_code == 403 and "own pages" in answer.json()["rule"]


def test_signing_in_takes_the_right_password_and_wrong_ones_make_one_wait(server):
    link = server.api("POST", "/api/persons", {"name": "Frieda", "role": "viewer"})["path"]
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as client:
        client.post(link, data={"name": "Frieda", "password": "the right one, long"})
        client.post("/sign-out")
        assert client.get("/api/tanks").status_code == 401
        wrong = [client.post("/sign-in", data={"name": "frieda", "password": "wrong"}) for _ in range(8)]
        assert {w.status_code for w in wrong} == {403}
        held = client.post("/sign-in", data={"name": "frieda", "password": "the right one, long"})
        assert held.status_code == 403 and "wait" in held.text
    with httpx.Client(base_url=server.url, headers={"origin": server.url}) as other:
        assert other.post("/sign-in", data={"name": "nobody", "password": "x"}).status_code == 403


def test_nobody_is_sent_elsewhere_after_signing_in(server):
    for to in ("//evil.example", "https://evil.example", "/\\evil.example"):
        assert 'value="/"' in server.bare.get("/sign-in", params={"to": to}, headers=PAGE).text


def test_a_short_password_is_refused(server):
    link = server.api("POST", "/api/persons", {"name": "brief", "role": "viewer"})["path"]
    answer = server.bare.post(link, data={"name": "brief", "password": "short"}, headers={"origin": server.url})
    assert answer.status_code == 422 and "ten characters" in answer.text or "10 characters" in answer.text


def test_the_last_admin_stays(server, people):
    me = [p for p in people["admin"].get("/api/persons").json() if p["role"] == "admin"]
    for person in me[:-1]:
        people["admin"].put(f"/api/persons/{person['id']}/role", json={"role": "viewer"})
    answer = server.http.put(f"/api/persons/{me[-1]['id']}/role", json={"role": None})
    assert answer.status_code == 409
    for person in me[:-1]:
        server.api("PUT", f"/api/persons/{person['id']}/role", {"role": "admin"})


def test_pages_carry_a_strict_policy_and_ask_no_third_party(server, people):
    for path in (
        "/",
        "/round",
        "/devices",
        "/start",
        "/me",
        "/sign-in",
        "/round/sheet",
        "/promises",
        "/promises/week",
        "/rungs",
    ):
        answer = people["brewer"].get(path, headers=PAGE)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "http://" not in answer.text.replace("http://www.w3.org", "") and "https://" not in answer.text
        assert "<script>" not in answer.text and " style=" not in answer.text and " onclick" not in answer.text


def test_names_are_escaped_wherever_they_stand(server, people):
    name = "<b>\"'&"
    server.tank(name)
    server.api(
        "POST", f"/api/tanks/{httpx.URL('/' + name).raw_path.decode()[1:]}/batches", {"name": "<script>x</script>"}
    )
    for path in ("/", "/round", "/start", "/devices"):
        text = people["brewer"].get(path, headers=PAGE).text
        assert "<b>" not in text and "<script>x" not in text


def test_openapi_is_there_for_others(server):
    told = server.http.get("/api").json()
    assert told["info"]["title"] == "Cellarhand" and "/api/tanks/{tank}/forecast" in told["paths"]
    assert {"/in/{kind}/{token}", "/api/promises", "/api/rungs"} <= set(told["paths"])


def test_nobody_gets_a_page_of_a_stranger(server):
    answer = server.bare.get("/tanks/FV1", headers=PAGE)
    assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?to=/tanks/FV1")


def test_what_is_not_there_is_told_as_a_page_or_as_json(people):
    assert people["viewer"].get("/tanks/nothing", headers=PAGE).status_code == 404
    assert set(people["viewer"].get("/api/tanks/nothing").json()) == {"rule", "value", "cause"}
    assert people["viewer"].get("/static/../../secret").status_code == 404
