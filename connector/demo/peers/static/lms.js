// Two small comforts; the pages are whole without them.
const frame = document.querySelector("iframe[data-tool]");

// After a completion: load the row again, without a new entry in the history.
if (frame?.dataset.reloadAfter) {
  setTimeout(() => frame.contentWindow.location.replace(frame.src), Number(frame.dataset.reloadAfter) * 1000);
}

// lti.frameResize, as an object or as JSON text, from the registered tool only.
window.addEventListener("message", (event) => {
  if (!frame || event.origin !== frame.dataset.tool || event.source !== frame.contentWindow) return;
  let said = event.data;
  if (typeof said === "string") {
    try { said = JSON.parse(said); } catch { return; }
  }
  if (said?.subject === "lti.frameResize" && said.height > 0) {
    frame.height = Math.min(Math.max(Math.ceil(said.height), 220), 4000);
  }
});
