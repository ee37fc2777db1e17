// In the page before its own script: when what was first seen, gaps between frames, long tasks.
window.recorder = (() => {
  const seen = {}, gaps = [], tasks = [];
  let last = null, looks = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) tasks.push(entry.duration); }).observe({ type: "longtask", buffered: true });
  const note = (what, there) => { if (seen[what] === undefined && there) seen[what] = performance.now(); };
  function frame(at) {
    if (last !== null) gaps.push(at - last);
    last = at;
    note("list", document.querySelector("main table td a"));
    note("picture", document.querySelector(".heat a[class]"));
    // Every cell is asked for now and then only, since looking takes time itself.
    if (seen.whole === undefined && ++looks % 6 === 0) note("whole", document.querySelectorAll(".heat a[class]").length >= (window.wholeGrid ?? Infinity));
    requestAnimationFrame(frame);
  }
  requestAnimationFrame(frame);
  return { seen, begin() { gaps.length = tasks.length = 0; }, figures: () => ({ gaps: gaps.slice(), tasks: tasks.slice() }) };
})();
