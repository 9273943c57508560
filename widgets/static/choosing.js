/* Choosing: a course that is picked is the choice, and the answer goes back by itself. Without it both pages are whole. */
(() => {
  "use strict";
  const course = document.getElementById("anchor");
  course?.addEventListener("change", () => { document.getElementById("one-course").checked = Boolean(course.value); });
  document.getElementById("answer")?.requestSubmit();
})();
