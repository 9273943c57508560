/* Tells the platform's own origins that the registration is over, so that it closes this page (LTI Dynamic Registration). */
(() => {
  "use strict";
  const button = document.getElementById("close");
  const platform = window.opener ?? (window.parent === window ? null : window.parent);
  if (!button || !platform) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const origin of button.dataset.origins.split(" ")) {
      platform.postMessage({ subject: "org.imsglobal.lti.close" }, origin);
    }
  });
})();
