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

  // Collecting: a button adds or takes off without a new page. One request at a time, because each
  // answer brings the whole list back to this device.
  const collectForm = document.querySelector("[data-collect-form]");
  if (collectForm) {
    const told = collectForm.querySelector("[data-collect-told]");
    const counted = collectForm.querySelector("[data-collect-count]");
    const inHeader = document.querySelector("[data-collect-number]");
    let turn = Promise.resolve();

    const tell = (words, isWrong) => {
      told.textContent = words;
      told.classList.toggle("visually-hidden", !isWrong);
    };
    const showNumber = (number) => {
      if (counted) {
        counted.textContent = number === 1 ? "1 thing on it" : `${number} things on it`;
      } else if (inHeader) {
        inHeader.textContent = number ? ` (${number})` : "";
      }
    };
    const show = (button, isOn) => {
      const [label, hidden] = button.querySelectorAll("span");
      const picture = button.querySelector("use");
      const title = hidden.textContent.replace(/^: /, "").replace(/\. Take it off$/, "");
      button.name = isOn ? "take-off" : "add";
      button.classList.toggle("collect-on", isOn);
      label.textContent = isOn ? collectForm.dataset.on : collectForm.dataset.add;
      hidden.textContent = isOn ? `: ${title}. Take it off` : `: ${title}`;
      picture.setAttribute("href", picture.getAttribute("href").replace(/#.*/, isOn ? "#icon-check" : "#icon-plus"));
      return title;
    };
    const buttonsFor = (key) => document.querySelectorAll(`[data-collect][value="${CSS.escape(key)}"]`);
    const change = async (button) => {
      const sent = new FormData(collectForm);
      sent.append(button.name, button.value);
      const answer = await fetch(collectForm.action, { method: "POST", body: sent, headers: { Accept: "application/json" }, keepalive: true });
      if (!answer.ok) {
        throw new Error(String(answer.status));
      }
      const { on, number, told: trouble } = await answer.json();
      const title = show(button, on);
      buttonsFor(button.value).forEach((same) => show(same, on));
      showNumber(number);
      tell(trouble || `${on ? "Added" : "Taken off"}: ${title}. ${number} on the list.`, Boolean(trouble));
    };
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-collect]");
      if (!button) {
        return;
      }
      event.preventDefault();
      turn = turn.then(() => change(button)).catch(() => {
        collectForm.elements.back.value = window.location.pathname + window.location.search;
        collectForm.requestSubmit(button);
      });
    });
    // A page that the browser kept from before learns what was added or taken off since.
    const isOld = (event) => event.persisted || performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    window.addEventListener("pageshow", async (event) => {
      if (!isOld(event)) {
        return;
      }
      try {
        const answer = await fetch("/my-list/keys.json");
        const { keys, number } = await answer.json();
        document.querySelectorAll("[data-collect]").forEach((button) => show(button, keys.includes(button.value)));
        showNumber(number);
      } catch {
        // The page stays as it was; a button still does what it says.
      }
    });
  }

  // One’s own list: notes are kept when a field is left, and the link can be copied.
  const notes = document.querySelector("[data-keep-notes]");
  if (notes) {
    const told = notes.querySelector("[data-notes-told]");
    let turn = Promise.resolve();
    const leaving = new AbortController();
    notes.addEventListener("change", (event) => {
      if (event.target.form !== notes) {
        return;
      }
      turn = turn.then(async () => {
        try {
          const answer = await fetch(notes.action, { method: "POST", body: new FormData(notes), headers: { Accept: "application/json" }, signal: leaving.signal });
          told.textContent = answer.ok ? "Your notes are kept." : "Your notes are not kept yet. Press the button.";
        } catch {
          told.textContent = "Your notes are not kept yet. Press the button.";
        }
      });
    });
    // A button sends the notes too: an answer that comes later must not undo what it did.
    notes.addEventListener("submit", () => leaving.abort());
  }
  for (const field of document.querySelectorAll("[data-copy]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet button-small";
    button.textContent = "Copy the link";
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = "Copied";
      } catch {
        button.textContent = "It is marked: copy it";
      }
    });
    field.after(button);
  }
  for (const part of document.querySelectorAll("[data-print]")) {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", () => window.print());
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

// An adviser’s list: a thing is dragged to its place. The arrows beside it do the same without.
(() => {
  const list = document.querySelector("[data-arrange]");
  if (!list) {
    return;
  }
  const middle = (thing) => {
    const box = thing.getBoundingClientRect();
    return box.top + box.height / 2;
  };
  const placeOf = (thing) => [...list.children].indexOf(thing);
  // The others make way: what is dragged stays where it is in the page, so that it is not let go.
  const follow = (thing, y) => {
    let other = thing.nextElementSibling;
    while (other && y > middle(other)) {
      thing.before(other);
      other = thing.nextElementSibling;
    }
    other = thing.previousElementSibling;
    while (other && y < middle(other)) {
      thing.after(other);
      other = thing.previousElementSibling;
    }
  };
  const scrollAtEdge = (y) => {
    const edge = 80;
    if (y < edge) window.scrollBy(0, -16);
    if (y > window.innerHeight - edge) window.scrollBy(0, 16);
  };
  for (const thing of list.querySelectorAll("[data-arranged]")) {
    const mover = thing.querySelector("button[name=to]");
    if (!mover) {
      continue;
    }
    const handle = document.createElement("span");
    handle.className = "list-handle";
    handle.textContent = "⠿";
    handle.title = "Drag to another place";
    handle.setAttribute("aria-hidden", "true");
    mover.before(handle);
    let before = -1;
    const drop = (isKept) => {
      if (before < 0) {
        return;
      }
      thing.classList.remove("is-dragged");
      const [from, to] = [before, placeOf(thing)];
      before = -1;
      if (isKept && to !== from) {
        mover.value = String(to);
        mover.click();
      } else if (to !== from) {
        const others = [...list.children].filter((other) => other !== thing);
        others.splice(from, 0, thing);
        list.append(...others);
      }
    };
    handle.addEventListener("pointerdown", (event) => {
      if (event.button === 0) {
        event.preventDefault();
        handle.setPointerCapture(event.pointerId);
        before = placeOf(thing);
        thing.classList.add("is-dragged");
      }
    });
    handle.addEventListener("pointermove", (event) => {
      if (before >= 0) {
        follow(thing, event.clientY);
        scrollAtEdge(event.clientY);
      }
    });
    handle.addEventListener("pointerup", () => drop(true));
    handle.addEventListener("pointercancel", () => drop(false));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") drop(false);
    });
  }
})();
