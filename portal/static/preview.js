/* While somebody writes content: show what was saved, or what keeps it from being shown. */
"use strict";
(() => {
  let shown = null;
  const notice = document.createElement("div");
  notice.className = "notice preview-mistakes";
  notice.setAttribute("role", "status");
  const tell = (mistakes) => {
    notice.replaceChildren();
    for (const mistake of mistakes) {
      const line = document.createElement("p");
      line.textContent = mistake;
      notice.append(line);
    }
    if (!mistakes.length) notice.remove();
    else if (!notice.isConnected) document.getElementById("main").prepend(notice);
  };
  const look = async () => {
    try {
      const answer = await fetch("/preview/state");
      const state = await answer.json();
      if (shown !== null && state.version !== shown) location.reload();
      shown = state.version;
      tell(state.mistakes);
    } catch {
      // The preview was stopped; ask again in case it comes back.
    }
  };
  look();
  setInterval(look, 1000);
})();
