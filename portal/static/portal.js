// Improves pages that work without it: suggestions while typing, filters without reloading.
"use strict";

(() => {
  const KINDS = { role: "Job", programme: "Qualification", course: "Course", guide: "Advice" };
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

    const choose = (index) => {
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
      if (typed.length < 2) {
        close();
        return;
      }
      try {
        const answer = await fetch(`/suggest.json?q=${encodeURIComponent(typed)}`);
        const data = answer.ok ? await answer.json() : { suggestions: [] };
        if (mine === asked && document.activeElement === input) {
          show(data.suggestions);
        }
      } catch {
        close();
      }
    }, WAIT);

    input.addEventListener("input", ask);
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
})();
