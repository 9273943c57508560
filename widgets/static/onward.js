/* Onward: what HTML alone cannot do. Pages rows, closes "Why this?" with Esc, tells the platform the page's height, and
   counts what was seen and opened. Without it the page is whole. No HTML from strings, nothing stored. */
(() => {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const SEEN_AFTER = 1000;
  const SEND_AFTER = 2000;
  const LOWEST_FRAME = 361;
  const EDGE = 2;

  /* Two buttons that page a row by the whole cards in sight; they exist only while the row overflows. */
  class Pager {
    constructor(row, words) {
      this.track = row.querySelector(".track");
      this.place = row.querySelector(".pager");
      this.heading = row.getAttribute("aria-labelledby");
      this.buttons = [this.button("i-back", words.earlier, -1), this.button("i-on", words.more, 1)];
      this.track.addEventListener("scroll", () => this.mark(), { passive: true });
      new ResizeObserver(() => this.refresh()).observe(this.track);
    }

    button(icon, label, way) {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", label);
      button.setAttribute("aria-describedby", this.heading);
      button.addEventListener("click", () => this.turn(button, way));
      button.append(drawing(icon));
      return button;
    }

    refresh() {
      const overflows = this.track.scrollWidth > this.track.clientWidth + 4 * EDGE;
      if (overflows !== this.place.childElementCount > 0) this.place.replaceChildren(...(overflows ? this.buttons : []));
      if (overflows) this.mark();
    }

    mark() {
      const at = Math.abs(this.track.scrollLeft);
      const end = this.track.scrollWidth - this.track.clientWidth;
      this.buttons[0].setAttribute("aria-disabled", String(at <= EDGE));
      this.buttons[1].setAttribute("aria-disabled", String(at >= end - EDGE));
    }

    turn(button, way) {
      if (button.getAttribute("aria-disabled") === "true") return;
      const sign = getComputedStyle(this.track).direction === "rtl" ? -1 : 1;
      this.track.scrollBy({ left: sign * way * this.stride() });
    }

    stride() {
      const style = getComputedStyle(this.track);
      const card = this.track.firstElementChild.getBoundingClientRect().width + parseFloat(style.columnGap);
      const room = this.track.clientWidth - parseFloat(style.paddingInlineStart) + EDGE;
      return Math.max(1, Math.floor(room / card)) * card;
    }
  }

  function drawing(name) {
    const picture = document.createElementNS(SVG, "svg");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#${name}`);
    picture.setAttribute("class", "i flip");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    picture.append(use);
    return picture;
  }

  /* The frame's height, said to the platform's own origins only, in the two forms that platforms understand. */
  class Frame {
    constructor(page) {
      this.main = page.querySelector("main");
      this.origins = Frame.listeners(page.dataset.origins);
      this.told = 0;
      if (window.parent === window || !this.origins.length) return;
      new ResizeObserver(() => this.tell()).observe(this.main);
      addEventListener("resize", () => this.tell());
    }

    static listeners(origins = "") {
      const known = origins.split(" ").filter(Boolean);
      const parent = location.ancestorOrigins?.[0];
      return parent ? known.filter((origin) => origin === parent) : known;
    }

    tell() {
      if (innerHeight < LOWEST_FRAME && !this.main.matches(".compact")) return;
      const height = this.height();
      if (Math.abs(height - this.told) <= EDGE) return;
      this.told = height;
      const message = { subject: "lti.frameResize", height };
      for (const origin of this.origins) {
        window.parent.postMessage(message, origin);
        window.parent.postMessage(JSON.stringify(message), origin);
      }
    }

    /* A low frame shows one row only: what counts is the height of all, measured before anything is painted. A compact
       link is one row by itself. */
    height() {
      const low = !this.main.matches(".compact") && this.main.classList.replace("rows", "measured");
      const height = Math.ceil(this.main.getBoundingClientRect().height);
      if (low) this.main.classList.replace("measured", "rows");
      return height;
    }
  }

  /* Impressions (half a card in sight for a second, once) and clicks, sent with the visit as bearer. */
  class Feedback {
    constructor(page) {
      this.page = page;
      this.cards = [...page.querySelectorAll("[data-item]")];
      this.waiting = new Map();
      this.over = !page.dataset.act || !page.dataset.slate;
      this.empty();
      if (this.over) return;
      this.watch();
      page.addEventListener("click", (event) => this.opened(event));
      page.addEventListener("auxclick", (event) => this.opened(event));
      document.addEventListener("visibilitychange", () => this.hidden());
    }

    empty() {
      this.news = { impressions: [], clicks: [] };
    }

    watch() {
      this.eye = new IntersectionObserver((changes) => changes.forEach((change) => this.look(change)), { threshold: 0.5 });
      this.cards.forEach((card) => this.eye.observe(card));
    }

    look({ target, isIntersecting }) {
      clearTimeout(this.waiting.get(target));
      this.waiting.delete(target);
      if (isIntersecting) this.waiting.set(target, setTimeout(() => this.seen(target), SEEN_AFTER));
    }

    seen(card) {
      this.eye.unobserve(card);
      this.waiting.delete(card);
      this.news.impressions.push(this.mention(card));
      this.later ??= setTimeout(() => this.send(), SEND_AFTER);
    }

    opened(event) {
      const link = event.target.closest("[data-item] a");
      if (!link || event.button > 1) return;
      this.news.clicks.push(this.mention(link.closest("[data-item]")));
      this.send();
    }

    mention(card) {
      return { item: card.dataset.item, position: this.cards.indexOf(card) };
    }

    hidden() {
      if (document.visibilityState !== "hidden") return;
      this.waiting.forEach((timer, card) => { clearTimeout(timer); this.eye.unobserve(card); this.eye.observe(card); });
      this.send();
    }

    send() {
      clearTimeout(this.later);
      this.later = undefined;
      const { news } = this;
      if (this.over || !(news.impressions.length || news.clicks.length)) return;
      this.empty();
      fetch(this.page.dataset.act, this.request(news)).then((answer) => { this.over = answer.status === 401 || answer.status === 403; }, () => {});
    }

    request(news) {
      const visit = document.querySelector("#visit input[name=visit]").value;
      return {
        method: "POST",
        keepalive: true,
        credentials: "omit",
        headers: { Authorization: `Bearer ${visit}`, "Content-Type": "application/json" },
        body: JSON.stringify({ slate: this.page.dataset.slate, ...news }),
      };
    }
  }

  /* One open "Why this?" at a time, also where details have no names; Esc closes it and gives the focus back. */
  function whys(page) {
    page.addEventListener("keydown", (event) => {
      const open = event.key === "Escape" && page.querySelector("details[name=why][open]");
      if (!open) return;
      open.open = false;
      open.firstElementChild.focus();
    });
    page.addEventListener("toggle", ({ target }) => closeOthers(page, target), true);
  }

  function closeOthers(page, opened) {
    if (!opened.open || !opened.matches("[name=why]")) return;
    for (const other of page.querySelectorAll("details[name=why][open]")) if (other !== opened) other.open = false;
  }

  customElements.define("onward-page", class extends HTMLElement {
    connectedCallback() {
      /* What a form brought cannot be had again by Back or reload: the link in its place can. */
      if (this.dataset.again) history.replaceState(null, "", this.dataset.again);
      for (const row of this.querySelectorAll(".row:has(.pager)")) new Pager(row, this.dataset);
      whys(this);
      new Frame(this);
      new Feedback(this);
    }
  });
})();
