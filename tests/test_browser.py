"""The portal in a real browser: accessible, reflowing, quick, and better with script."""

import re
from collections.abc import Iterator

import brotli
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Response,
    Route,
    expect,
)
from test_pages import KINDS

pytestmark = pytest.mark.browser
WIDTHS = (320, 1280, 768)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Only what is wrong leaves the browser: all that axe looked at takes seconds to hand over.
AXE = """async ([rules, type]) => (await axe.run({
    runOnly: {type, values: rules}, resultTypes: ["violations"] })).violations
  .flatMap((found) => found.nodes.slice(0, 3).map(
    (node) => `${found.id}: ${node.target} ${node.failureSummary || ''}`))"""
# How everything is shown, but not where: what most of axe’s rules look at.
SHOWN = """() => [...document.querySelectorAll('*')].map(
    (it) => it.checkVisibility() ? getComputedStyle(it).display : '').join()"""
PLACED = ["target-size", "scrollable-region-focusable"]
FIRST_VIEW_BYTES = 100_000
BUDGETS = {"text/html": 30_000, "text/css": 25_000, "text/javascript": 20_000}


def until(page: Page, question: str) -> None:
    """Wait for a script’s answer to be yes. Playwright’s own waiting needs eval: CSP bars it."""
    for _ in range(100):
        if page.evaluate(question):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"This never became true: {question}")


def found_by_axe(page: Page, rules: list[str] = RULES, type_: str = "tag") -> list[str]:
    """What axe finds wrong with the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(AXE, [rules, type_])
    return found


def found_at(page: Page, width: int, seen: set[str]) -> list[str]:
    """What axe finds at a width, without asking again what another width has answered.

    Where the same is shown in the same way, only places and, unless two widths have had them,
    contrasts can differ.
    """
    page.set_viewport_size({"width": width, "height": 900})
    shown = page.evaluate(SHOWN)
    if shown not in seen:
        found = found_by_axe(page)
    else:
        found = found_by_axe(page, PLACED if width == 768 else [*PLACED, "color-contrast"], "rule")
    seen.add(shown)
    return [f"at {width}: {it}" for it in found]


@pytest.fixture(scope="module")
def looked_at(browser: Browser) -> Iterator[Page]:
    """A page that reads axe once, for one address after the other."""
    made = browser.new_context(viewport={"width": WIDTHS[0], "height": 900})
    made.add_init_script(AXE_SCRIPT)
    yield made.new_page()
    made.close()


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS)
def test_axe_finds_nothing_at_any_width_and_the_page_reflows(
    looked_at: Page, site: str, address: str
) -> None:
    page = looked_at
    page.context.clear_cookies()
    page.goto(site + address)
    seen: set[str] = set()
    for width in WIDTHS:
        assert found_at(page, width, seen) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", ["home", "results", "role", "programme", "guide", "talk"])
def test_contrast_holds_in_the_dark_too(context: BrowserContext, site: str, kind: str) -> None:
    page = context.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(site + KINDS[kind])
    assert found_by_axe(page, ["color-contrast"], "rule") == []


def test_axe_sees_faults_that_were_planted_for_it(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site)
    page.evaluate("document.querySelector('label[for=q]').remove()")
    page.evaluate("document.querySelector('.lead').insertAdjacentHTML('afterend', '<img src=x>')")
    page.evaluate("document.querySelector('main h2').style = 'color: #ddd'")
    found = " ".join(found_by_axe(page))
    for rule in ("image-alt", "label", "color-contrast"):
        assert f"{rule}:" in found


@pytest.mark.parametrize("kind", ["home", "results", "role", "programme", "guide"])
def test_the_first_view_is_light_and_asks_nobody_else(
    context: BrowserContext, site: str, kind: str
) -> None:
    page = context.new_page()
    sizes: dict[str, int] = {}
    elsewhere: list[str] = []
    trouble: list[str] = []

    def note(response: Response) -> None:
        if not response.url.startswith(site):
            elsewhere.append(response.url)
            return
        body = response.body()
        kind_of = response.headers.get("content-type", "").split(";")[0]
        packed = body if kind_of == "image/png" else brotli.compress(body, quality=4)
        sizes[kind_of] = sizes.get(kind_of, 0) + len(packed)

    page.on("response", note)
    page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
    page.goto(site + KINDS[kind], wait_until="networkidle")
    print(f"\n{kind}: {sum(sizes.values())} bytes compressed {sizes}")
    assert elsewhere == []
    assert trouble == []
    assert sizes["text/css"] > 1000, "nothing was measured"
    assert sum(sizes.values()) <= FIRST_VIEW_BYTES
    for kind_of, budget in BUDGETS.items():
        assert sizes.get(kind_of, 0) <= budget


def test_without_script_somebody_finds_narrows_and_reads(without_script: Page, site: str) -> None:
    page = without_script
    page.goto(site)
    page.get_by_label("Type a job, a subject or a question").fill("nurse")
    page.get_by_role("button", name="Search").click()
    before = page.locator(".result").count()
    page.get_by_text("Filter and sort").click()
    page.get_by_label("Jobs", exact=False).first.check()
    page.get_by_role("button", name="Show results").click()
    assert "kind=role" in page.url
    assert 0 < page.locator(".result-role").count() <= before
    page.get_by_role("link", name=re.compile("^Jobs ?, take this filter off")).click()
    assert "kind=role" not in page.url
    page.get_by_role("link", name="Adult nurse", exact=True).first.click()
    assert page.locator("h1").inner_text() == "Adult nurse"


def test_with_script_filters_apply_without_reloading_and_back_undoes_them(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(f"{site}/search?q=nurse")
    page.evaluate("window.stayed = true")
    page.get_by_label("Level 3", exact=False).first.check()
    page.wait_for_url(re.compile("level=3"))
    page.wait_for_selector(".tag:has-text('Level 3')")
    assert page.evaluate("window.stayed") is True
    assert page.evaluate("document.activeElement.value") == "3"
    assert "Level 3" in page.locator("#results-count").inner_text()
    assert page.title().startswith("Find your next step: ")
    page.go_back()
    expect(page).to_have_url(re.compile("q=nurse$"))
    expect(page.locator(".tag")).to_have_count(0)


def test_suggestions_are_a_combobox_that_keys_can_work(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site)
    box = page.get_by_role("combobox")
    box.focus()
    page.keyboard.type("brickl", delay=20)
    page.wait_for_selector("[role=option]")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_count(1)
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("ayer", delay=20)
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/(roles|programmes)/bricklayer"))


def test_enter_without_a_choice_searches_for_what_was_typed(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(site)
    page.get_by_role("combobox").fill("welder")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=welder"))


def test_the_whole_of_home_can_be_reached_by_key_with_focus_seen(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(site)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    stops = page.locator("a[href], button, input, summary, select").count()
    unseen = []
    for _ in range(stops - 1):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2 })()"
        )
        if not outline:
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 80)"))
    assert unseen == []
    assert page.evaluate("document.activeElement.closest('.site-footer') !== null")


def test_print_leaves_the_words_and_drops_the_doors(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site + KINDS["role"])
    page.emulate_media(media="print")
    assert not page.locator(".site-footer").is_visible()
    assert page.get_by_role("heading", name="Ways in").is_visible()


def test_a_route_is_planned_on_a_phone_without_script(without_script: Page, site: str) -> None:
    page = without_script
    page.goto(site + "/roles/plumber")
    page.get_by_role("link", name="Find a way from where I am").click()
    page.get_by_role("link", name="Answer six short questions").click()
    page.get_by_label("Your age in years").fill("16")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Nothing yet").check()
    page.get_by_role("button", name="Skip the rest").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Plumber: ways to get there"
    page.get_by_role("link", name="Earn while you learn").click()
    assert page.locator("#way-1").is_visible()
    page.get_by_role("link", name="Change age").click()
    assert page.get_by_label("Your age in years").input_value() == "16"


def test_a_route_is_planned_by_keys_alone(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site + "/plan/questions/age?goal=roles/plumber")
    press_until(page, "Your age in years")
    page.keyboard.type("17")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/questions/level?**")
    press_until(page, "Nothing yet")
    page.keyboard.press("Space")
    press_until(page, "Skip the rest")
    page.keyboard.press("Enter")
    page.wait_for_url("**/plan/to/roles/plumber?level=none&age=17")
    press_until(page, "Technical route")
    page.keyboard.press("Enter")
    assert "#way-" in page.url


def press_until(page: Page, name: str) -> None:
    """Go on with the tab key until what has this name has the focus; arrows move inside choices."""
    for _ in range(60):
        page.keyboard.press("Tab")
        named = page.evaluate(
            "() => { const it = document.activeElement; return [it.textContent, it.ariaLabel,"
            " ...[...(it.labels || [])].map((label) => label.textContent)].join(' ') }"
        )
        if name in named:
            return
    pytest.fail(f"the tab key does not reach “{name}”")


def test_a_screen_reader_hears_the_ways_in_order(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site + "/plan/to/roles/adult-nurse?level=2&english=4&maths=4&age=16")
    tree = page.locator("main").aria_snapshot()
    order = [
        'heading "Adult nurse: ways to get there" [level=1]',
        "ways, side by side",
        'heading "Earn while you learn" [level=3]',
        "learning without a wage",
        'heading "Technical route" [level=3]',
        'heading "Academic route" [level=3]',
        'heading "Nursing degree" [level=3]',
    ]
    places = [tree.find(words) for words in order]
    assert -1 not in places, order[places.index(-1)]
    assert places == sorted(places)
    assert "picture" not in tree.lower()


def test_the_frame_zooms_by_button_and_key_and_moves_by_arrow(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(site + "/climbing-frame")
    width = "document.querySelector('svg.frame').getBoundingClientRect().width"
    before = page.evaluate(width)
    page.get_by_role("button", name="Zoom in").click()
    larger = page.evaluate(width)
    assert larger > before
    view = page.locator("[data-frame]")
    view.focus()
    page.keyboard.press("-")
    assert page.evaluate(width) < larger
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('[data-frame]').scrollLeft > 0")
    page.get_by_role("button", name="Show the whole frame").click()
    assert page.evaluate(width) <= 390


def test_what_the_frame_shows_is_chosen_without_a_new_page(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    page.goto(site + "/climbing-frame")
    page.evaluate("window.stillHere = true")
    page.get_by_role("link", name="Jobs", exact=True).click()
    assert page.locator("svg.frame").get_attribute("data-show") == "roles"
    assert page.evaluate("window.stillHere")
    assert page.url.endswith("show=roles")


def test_the_poster_prints_on_one_sheet_of_a3(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site + "/climbing-frame/poster")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert len(sheets) == 1
    assert [round(float(side) / 72 * 25.4) for side in sheets[0]] == [420, 297]


def test_a_late_answer_does_not_undo_a_choice_or_open_a_closed_list(
    context: BrowserContext, site: str
) -> None:
    page = context.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.goto(site)
    page.get_by_role("combobox").focus()
    page.keyboard.type("brick")
    page.wait_for_selector("[role=option]")
    page.route("**/suggest.json*", hold)
    with page.expect_request("**/suggest.json*"):
        page.keyboard.type("l")
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/suggest.json*"):
        held[0].continue_()
    page.wait_for_timeout(100)
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
    with page.expect_request("**/suggest.json*"):
        page.keyboard.type("a")
    page.keyboard.press("Escape")
    with page.expect_response("**/suggest.json*"):
        held[1].continue_()
    page.wait_for_timeout(100)
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
