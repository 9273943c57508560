/* Has the platform keep a secret of this launch in the browser, or asks for it back (LTI postMessage Storage 0.1).
   Only the platform's own origin is spoken to and listened to. When nothing comes of it, the page goes on without. */
(() => {
  "use strict";
  const PATIENCE = 1500;
  const place = document.getElementById("storage");
  const { frame, origin, key, secret, again } = place.dataset;
  const platform = new URL(origin).origin;

  /* The window that answers: the one around ours (the opener of a new window), or a frame of it. */
  function keeper() {
    const around = window.parent === window ? window.opener : window.parent;
    if (!around || frame === "_parent") return around;
    try {
      const named = around.frames[frame];
      return typeof named?.postMessage === "function" ? named : null;
    } catch {
      return null; /* another site's window has no frame of that name */
    }
  }

  function newId() {
    return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(16)).join("-");
  }

  /* Sends one message; resolves with the platform's answer, rejects on an error or when none comes in time. */
  function ask(subject, values) {
    return new Promise((resolve, reject) => {
      const message_id = newId();
      const to = keeper();
      if (!to) throw new Error("nobody to ask");
      const end = (settle, value) => {
        removeEventListener("message", hear);
        clearTimeout(timer);
        settle(value);
      };
      const hear = ({ origin: from, data }) => {
        if (from !== platform || data?.message_id !== message_id || data.subject !== `${subject}.response`) return;
        if (data.error) end(reject, new Error("the platform refused"));
        else end(resolve, data);
      };
      const timer = setTimeout(() => end(reject, new Error("no answer")), PATIENCE);
      addEventListener("message", hear);
      to.postMessage({ subject, message_id, ...values }, platform);
    });
  }

  function goOn() {
    location.replace(document.getElementById("next").href);
  }

  function post({ value }) {
    if (typeof value !== "string" || !value) throw new Error("nothing is kept");
    const form = document.getElementById("again");
    form.elements.browser.value = value;
    form.submit();
  }

  if (again) history.replaceState(null, "", again);
  if (secret) ask("lti.put_data", { key, value: secret }).then(goOn, goOn);
  else ask("lti.get_data", { key }).then(post).catch(() => place.classList.remove("waits"));
})();
