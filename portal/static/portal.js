// Improves pages that work without it: suggestions while typing, filters without reloading.
"use strict";

(() => {
  const KINDS = { role: "Job", programme: "Qualification", course: "Course", guide: "Advice", vacancy: "Vacancy", event: "Event" };
  const WAIT = 120;

  const later = (run, wait) => {
    let timer;
    return (...given) => {
      clearTimeout(timer);
      timer = setTimeout(() => run(...given), wait);
    };
  };

  // Suggestions: a combobox as WAI-ARIA describes it. Enter without a choice searches as usual.
  const suggestFor = (input, number) => {
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `suggestions-${number}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Suggestions");
    input.parentElement.append(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    let at = -1;
    let asked = 0;
    // An answer that comes after a choice was made or the list was closed must not undo either.
    let wanted = false;

    const choose = (index) => {
      wanted = false;
      const options = [...list.children];
      at = options.length ? (index + options.length) % options.length : -1;
      options.forEach((option, n) => option.setAttribute("aria-selected", String(n === at)));
      if (at >= 0) {
        input.setAttribute("aria-activedescendant", options[at].id);
      } else {
        input.removeAttribute("aria-activedescendant");
      }
    };
    const close = () => {
      wanted = false;
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      at = -1;
    };
    const show = (suggestions) => {
      list.replaceChildren(
        ...suggestions.map((suggestion, n) => {
          const option = document.createElement("li");
          option.id = `${list.id}-${n}`;
          option.setAttribute("role", "option");
          option.setAttribute("aria-selected", "false");
          option.dataset.url = suggestion.url;
          const name = document.createElement("span");
          name.textContent = suggestion.title;
          const kind = document.createElement("small");
          kind.textContent = KINDS[suggestion.kind] || "";
          option.append(name, kind);
          return option;
        }),
      );
      list.hidden = suggestions.length === 0;
      input.setAttribute("aria-expanded", String(suggestions.length > 0));
      at = -1;
    };
    const ask = later(async () => {
      const typed = input.value.trim();
      const mine = ++asked;
      if (!wanted) {
        return;
      }
      if (typed.length < 2) {
        close();
        return;
      }
      try {
        const answer = await fetch(`/suggest.json?q=${encodeURIComponent(typed)}`);
        const data = answer.ok ? await answer.json() : { suggestions: [] };
        if (wanted && mine === asked && document.activeElement === input) {
          show(data.suggestions);
        }
      } catch {
        close();
      }
    }, WAIT);

    input.addEventListener("input", () => {
      wanted = true;
      ask();
    });
    input.addEventListener("blur", () => setTimeout(close, 150));
    input.addEventListener("keydown", (event) => {
      if (list.hidden) {
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        choose(at === -1 && step === -1 ? -1 : at + step);
      } else if (event.key === "Escape") {
        close();
        event.preventDefault();
      } else if (event.key === "Enter" && at >= 0) {
        event.preventDefault();
        window.location.assign(list.children[at].dataset.url);
      }
    });
    list.addEventListener("mousedown", (event) => {
      const option = event.target.closest("li");
      if (option) {
        window.location.assign(option.dataset.url);
      }
    });
  };
  document.querySelectorAll("[data-suggest]").forEach(suggestFor);

  // The climbing frame: zoom by buttons, keys, wheel and pinch; drag with a mouse. Touch scrolls.
  for (const view of document.querySelectorAll("[data-frame]")) {
    const picture = view.querySelector("svg");
    const [, , wide, high] = picture.getAttribute("viewBox").split(" ").map(Number);
    let scale = 1;
    const zoom = (wanted, x = view.clientWidth / 2, y = view.clientHeight / 2) => {
      const before = scale;
      scale = Math.min(3, Math.max(0.3, wanted));
      picture.setAttribute("width", Math.round(wide * scale));
      picture.setAttribute("height", Math.round(high * scale));
      view.scrollLeft = ((view.scrollLeft + x) * scale) / before - x;
      view.scrollTop = ((view.scrollTop + y) * scale) / before - y;
    };
    const bar = document.createElement("div");
    bar.className = "frame-zoom";
    for (const [name, words, change] of [
      ["+", "Zoom in", () => zoom(scale * 1.25)],
      ["−", "Zoom out", () => zoom(scale / 1.25)],
      ["Whole", "Show the whole frame", () => zoom((view.clientWidth - 24) / wide)],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.setAttribute("aria-label", words);
      button.addEventListener("click", change);
      bar.append(button);
    }
    view.before(bar);
    view.addEventListener("keydown", (event) => {
      const keys = { "+": 1.25, "=": 1.25, "-": 0.8 };
      if (event.key in keys && !event.ctrlKey && !event.metaKey) {
        zoom(scale * keys[event.key]);
        event.preventDefault();
      }
    });
    view.addEventListener(
      "wheel",
      (event) => {
        if (event.ctrlKey) {
          event.preventDefault();
          const box = view.getBoundingClientRect();
          const by = event.deltaY < 0 ? 1.1 : 0.9;
          zoom(scale * by, event.clientX - box.left, event.clientY - box.top);
        }
      },
      { passive: false },
    );
    let apart = 0;
    const spread = ([one, two]) => Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
    view.addEventListener(
      "touchmove",
      (event) => {
        if (event.touches.length === 2) {
          event.preventDefault();
          const now = spread(event.touches);
          if (apart) zoom((scale * now) / apart);
          apart = now;
        }
      },
      { passive: false },
    );
    view.addEventListener("touchend", () => {
      apart = 0;
    });
    let held = null;
    view.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") held = { x: event.clientX, y: event.clientY, far: 0 };
    });
    window.addEventListener("pointermove", (event) => {
      if (!held) return;
      const [x, y] = [event.clientX - held.x, event.clientY - held.y];
      held = { x: event.clientX, y: event.clientY, far: held.far + Math.abs(x) + Math.abs(y) };
      view.scrollLeft -= x;
      view.scrollTop -= y;
    });
    window.addEventListener("pointerup", () => {
      const dragged = held && held.far > 6;
      held = null;
      if (dragged) view.addEventListener("click", (event) => event.preventDefault(), { once: true });
    });
    view.addEventListener("dragstart", (event) => event.preventDefault());
    // Choosing what to show needs no new page.
    for (const link of document.querySelectorAll("a[data-show]")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        picture.dataset.show = link.dataset.show;
        for (const other of document.querySelectorAll("a[data-show]")) {
          other.toggleAttribute("aria-current", false);
        }
        link.setAttribute("aria-current", "true");
        history.replaceState(null, "", link.href);
      });
    }
  }

  // The moderators’ desk: reasons open with their tick, and single keys work outside of fields.
  for (const row of document.querySelectorAll("[data-reason]")) {
    const tick = row.querySelector("input[type=checkbox]");
    const words = row.querySelector("[data-reason-words]");
    const follow = () => {
      words.hidden = !tick.checked && ![...words.querySelectorAll("select, input")].some((f) => f.value);
    };
    tick.addEventListener("change", follow);
    follow();
  }
  const openPart = (id) => {
    const part = document.getElementById(id);
    part.open = true;
    part.scrollIntoView();
    part.querySelector("input[type=checkbox]").focus();
  };
  for (const link of document.querySelectorAll("[data-opens]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      openPart(link.dataset.opens);
    });
    if (window.location.hash === `#${link.dataset.opens}`) {
      openPart(link.dataset.opens);
    }
  }
  const keyList = document.querySelector("[data-keys]");
  if (keyList) {
    const choice = keyList.querySelector("[data-keys-switch]");
    const box = choice.querySelector("input");
    const kept = (value) => {
      try {
        if (value) localStorage.setItem("desk-keys", value);
        return localStorage.getItem("desk-keys");
      } catch {
        return value;
      }
    };
    choice.hidden = false;
    box.checked = kept() !== "off";
    box.addEventListener("change", () => kept(box.checked ? "on" : "off"));
    document.addEventListener("keydown", (event) => {
      const typing = event.target.closest("input, select, textarea, [contenteditable]");
      if (!box.checked || typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) {
        return;
      }
      if (event.key === "?") {
        keyList.open = !keyList.open;
        if (keyList.open) keyList.scrollIntoView({ block: "nearest" });
        return;
      }
      const wanted = document.querySelector(`[data-key~="${CSS.escape(event.key)}"]`);
      if (wanted) {
        event.preventDefault();
        wanted.click();
      }
    });
  }

  // Filters: ask for the results alone, put them in place, and keep the address shareable.
  const form = document.getElementById("search-form");
  const results = document.querySelector("[data-results]");
  if (!form || !results) {
    return;
  }
  let newest = 0;
  const fetchResults = async (address, focusId) => {
    const mine = ++newest;
    const part = new URL(address, window.location.href);
    part.searchParams.set("part", "results");
    results.classList.add("is-loading");
    const open = [...results.querySelectorAll("details")].map((d) => [d.querySelector("summary").textContent.trim().replace(/ *\(.*/, ""), d.open]);
    try {
      const answer = await fetch(part);
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const html = await answer.text();
      if (mine !== newest) {
        return;
      }
      results.innerHTML = html;
      const was = new Map(open);
      results.querySelectorAll("details").forEach((d) => {
        const name = d.querySelector("summary").textContent.trim().replace(/ *\(.*/, "");
        if (was.has(name)) {
          d.open = was.get(name);
        }
      });
      const again = focusId && results.querySelector(focusId);
      if (again) {
        again.focus();
      }
      const count = results.querySelector("#results-count");
      const heading = document.querySelector("h1").textContent.trim();
      document.title = document.title.replace(/^.*( – [^–]*)$/, (_, site) => `${heading}: ${count.textContent.trim()}${site}`);
    } catch {
      window.location.assign(address);
    } finally {
      results.classList.remove("is-loading");
    }
  };
  const addressOf = () => {
    const pairs = [...new FormData(form)].filter(([, value]) => value !== "" && value !== "best");
    const query = new URLSearchParams(pairs).toString();
    return form.action + (query ? `?${query}` : "");
  };
  const selectorOf = (control) =>
    control.type === "checkbox"
      ? `input[name="${control.name}"][value="${CSS.escape(control.value)}"]`
      : `#${control.id}`;

  results.addEventListener("change", (event) => {
    const control = event.target;
    if (control.form === form) {
      const address = addressOf();
      window.history.pushState(null, "", address);
      fetchResults(address, selectorOf(control));
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = addressOf();
    window.history.pushState(null, "", address);
    fetchResults(address);
  });
  window.addEventListener("popstate", () => window.location.reload());

  // A page about work that goes on elsewhere shows itself again.
  for (const part of document.querySelectorAll("[data-look-again]")) {
    setTimeout(() => window.location.reload(), Number(part.dataset.lookAgain) * 1000);
  }
})();
