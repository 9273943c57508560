/* The console: copy buttons, the browser's clock in a form, and parts of a page that look again. Without it all pages
   are whole. A page that is fetched comes as a document of the browser's own parser: no HTML from strings. */
(() => {
  "use strict";

  const DONE_FOR = 2000;

  /* A button beside a read-only field; shown here only, because without script it could do nothing. */
  function copies(button) {
    const field = document.getElementById(button.dataset.copy);
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        if (!document.execCommand("copy")) return;
      }
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, DONE_FOR);
    });
  }

  /* What the browser's clock says at the moment in which the form goes off, in milliseconds. */
  function tellsTime(field) {
    field.form.addEventListener("submit", () => { field.value = String(Date.now()); });
  }

  /* Takes the live parts of the same page anew. What has the focus, or is open, stays as it is. */
  class Live {
    constructor(main) {
      this.main = main;
      this.every = Number(main.dataset.refresh) * 1000;
      this.later();
    }

    later() {
      setTimeout(() => (document.hidden ? this.later() : this.look()), this.every);
    }

    look() {
      const asked = new XMLHttpRequest();
      asked.responseType = "document";
      asked.open("GET", this.main.dataset.from);
      asked.onload = () => this.show(asked);
      asked.onerror = () => this.later();
      asked.send();
    }

    show(asked) {
      const fresh = asked.status === 200 && asked.response?.getElementById("main");
      if (asked.status >= 500) { this.later(); return; }
      if (!fresh || !("from" in fresh.dataset || fresh.querySelector("[data-live]"))) { this.lost(); return; }
      for (const part of document.querySelectorAll("[data-live]")) this.swap(part, asked.response.getElementById(part.id));
      if (fresh.dataset.refresh) this.later();
    }

    swap(part, fresh) {
      if (!fresh || fresh.isEqualNode(part) || part.contains(document.activeElement)) return;
      const open = part.querySelector("details[open]");
      const taken = document.importNode(fresh, true);
      if (open) taken.querySelector("details")?.setAttribute("open", "");
      part.replaceWith(taken);
    }

    lost() {
      const told = document.createElement("p");
      told.className = "note late";
      told.setAttribute("role", "status");
      told.textContent = this.main.dataset.lost;
      this.main.prepend(told);
    }
  }

  document.querySelectorAll("[data-copy]").forEach(copies);
  document.querySelectorAll("[data-now]").forEach(tellsTime);
  document.querySelectorAll("main[data-refresh]").forEach((main) => new Live(main));
  document.getElementById("errors")?.focus();
})();
