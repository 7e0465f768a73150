// Zoom and hover for the pictures of a page, by Chart.js, over the numbers that stand beside each of
// them. Where this does not run, the pictures that are there stay.
(() => {
  "use strict";
  const MOST_COLOURS = 8;
  const MOST_POINTS = 600; // of a picture; beyond that only lines are drawn
  const MARGIN = 0.06;
  const LEAST_DRAG = 8; // pixels
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const among = (value, low, high) => Math.min(Math.max(value, low), high);
  Chart.defaults.locale = "en";
  Chart.defaults.color = colour("--soft");
  Chart.defaults.font.family = "system-ui, sans-serif";
  Chart.defaults.animation = false;

  const curveSets = (numbers) => numbers.curves.flatMap((curve, index) => {
    const dots = ([x, y]) => ({ x, y, value: y });
    const sets = [{ curve: index, label: curve.name, data: curve.dots.map(dots), borderWidth: 1.3,
      pointRadius: curve.dots.length * numbers.curves.length > MOST_POINTS ? 0 : 2.5, pointHoverRadius: 5 }];
    if (curve.left_out.length > 0)
      sets.push({ curve: index, label: curve.name, data: curve.left_out.map(dots), leftOut: true,
        showLine: false, pointRadius: 3.5, pointHoverRadius: 5,
        clip: { left: 0, right: 0, top: 5, bottom: 5 } });
    return sets;
  });

  const barSet = ({ bars, x_range: [low, high] }) => {
    const width = (high - low) / bars.length;
    // Left to itself a bar is no wider than the ticks are apart.
    const barThickness = ({ chart: { scales: { x } } }) =>
      Math.max(1, x.getPixelForValue(low + width) - x.getPixelForValue(low) - 1);
    return { label: "values", barThickness, width,
      data: bars.map((count, index) => ({ x: low + width * (index + 0.5), y: count })) };
  };

  // Where a phase begins, with its name where that fits before the next one.
  const phases = (all, ctx, area, x) => all.forEach(({ name, at }, index) => {
    const place = x.getPixelForValue(at);
    if (place < area.left || place > area.right) return;
    const end = index + 1 < all.length ? x.getPixelForValue(all[index + 1].at) : area.right;
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour("--soft");
    ctx.textAlign = "left";
    ctx.setLineDash([1, 3]);
    ctx.beginPath();
    ctx.moveTo(place, area.top);
    ctx.lineTo(place, area.bottom);
    ctx.stroke();
    if (ctx.measureText(name).width + 8 < Math.min(end, area.right) - place)
      ctx.fillText(name, place + 4, area.top + 12);
    ctx.restore();
  });

  // Band and level lie under and over the curves.
  const marks = (numbers) => ({
    id: "marks",
    beforeDatasetsDraw: ({ ctx, chartArea: area, scales: { x, y } }) => {
      phases(numbers.phases ?? [], ctx, area, x);
      if (!numbers.band) return;
      const [low, high] = numbers.band.map((v) => among(y.getPixelForValue(v), area.top, area.bottom));
      ctx.save();
      ctx.globalAlpha = 0.18;
      ctx.fillStyle = colour("--soft");
      ctx.fillRect(area.left, high, area.width, low - high);
      ctx.restore();
    },
    afterDatasetsDraw: ({ ctx, chartArea: area, scales: { y } }) => {
      const at = numbers.level === undefined ? NaN : y.getPixelForValue(numbers.level);
      if (!(at >= area.top && at <= area.bottom)) return;
      ctx.save();
      ctx.strokeStyle = colour("--fg");
      ctx.setLineDash([5, 3]);
      ctx.beginPath();
      ctx.moveTo(area.left, at);
      ctx.lineTo(area.right, at);
      ctx.stroke();
      ctx.restore();
    },
  });

  const tooltips = (numbers) => ({
    callbacks: {
      title: ([item]) => {
        if (!item) return "";
        const { x } = item.raw;
        if (!numbers.bars) return numbers.x_names?.[x - 1] ?? `${numbers.x}: ${+x.toPrecision(8)}`;
        const half = item.dataset.width / 2;
        return `${+(x - half).toPrecision(6)} to ${+(x + half).toPrecision(6)}`;
      },
      label: ({ dataset, raw }) => numbers.bars ? ` ${raw.y} values`
        : ` ${dataset.label}: ${raw.value}${dataset.leftOut ? " (does not count)" : ""}`,
    },
  });

  const axis = (text, [min, max], whole) => ({
    type: "linear", min, max, offset: false, title: { display: true, text, color: colour("--soft") },
    grid: { color: colour("--line"), offset: false },
    ticks: { color: colour("--soft"), format: { useGrouping: false }, maxRotation: 0, includeBounds: false,
      ...(whole ? { precision: 0 } : {}) },
  });

  const live = (figure) => {
    const numbers = JSON.parse(figure.querySelector("script").textContent);
    const svg = figure.querySelector("svg");
    const place = document.createElement("div");
    place.className = "chart";
    const canvas = place.appendChild(document.createElement("canvas"));
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", svg.getAttribute("aria-label"));
    const drag = place.appendChild(document.createElement("div"));
    drag.className = "drag";
    drag.hidden = true;
    svg.after(place);
    figure.classList.add("live");

    const many = !numbers.bars && numbers.curves.length > MOST_COLOURS;
    const full = numbers.y_range ?? [0, Math.max(...numbers.bars)];
    const sets = numbers.bars ? [barSet(numbers)] : curveSets(numbers);
    let shown = numbers.x_range;
    let chart;
    // Anew for other colours: Chart.js keeps those that it once gave to a point.
    const build = () => {
      chart?.destroy();
      for (const set of sets) {
        const own = many ? `${colour("--soft")}73` : colour(`--c${set.curve ?? 0}`);
        set.borderColor = own;
        set.backgroundColor = set.leftOut ? colour("--bg") : own;
      }
      chart = new Chart(canvas, {
        type: numbers.bars ? "bar" : "line",
        data: { datasets: sets },
        options: {
          parsing: false, maintainAspectRatio: false,
          interaction: { mode: "nearest", axis: many ? "xy" : "x", intersect: false },
          scales: { x: axis(numbers.x, numbers.x_range, numbers.whole_x),
            y: axis(numbers.y, full, Boolean(numbers.bars)) },
          plugins: { legend: { display: false }, tooltip: tooltips(numbers) },
        },
        plugins: [marks(numbers)],
      });
      show(...shown);
    };

    const whole = document.createElement("button");
    whole.textContent = "whole picture";
    // Shows x from `from` to `to`, and y as far as what counts there reaches.
    const show = (from, to) => {
      const { x, y } = chart.options.scales;
      const zoomed = from > numbers.x_range[0] || to < numbers.x_range[1];
      shown = [from, to];
      [x.min, x.max] = shown;
      if (!numbers.bars) {
        let [low, high] = [Infinity, -Infinity];
        for (const set of sets) {
          if (set.leftOut || set.hidden) continue;
          for (const dot of set.data) {
            if (dot.x < from || dot.x > to) continue;
            low = Math.min(low, dot.y);
            high = Math.max(high, dot.y);
          }
        }
        const more = (high - low || Math.abs(high) * 0.01 || 1) * MARGIN;
        [y.min, y.max] = zoomed && low <= high ? [low - more, high + more] : full;
        for (const set of sets)
          if (set.leftOut) for (const dot of set.data) dot.y = among(dot.value, y.min, y.max);
      }
      whole.hidden = !zoomed;
      chart.update("none");
    };
    whole.onclick = () => show(...numbers.x_range);
    canvas.ondblclick = whole.onclick;

    const keys = figure.querySelector("figcaption");
    keys.append(whole);
    for (const [index, key] of [...keys.querySelectorAll(".of-curve")].entries()) {
      const button = document.createElement("button");
      button.className = key.className;
      button.textContent = key.textContent;
      button.setAttribute("aria-pressed", "true");
      button.onclick = () => {
        const on = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(on));
        for (const set of sets) if (set.curve === index) set.hidden = !on;
        show(...shown);
      };
      key.replaceWith(button);
    }

    let begun = null;
    const place_of = (event) => among(event.offsetX, chart.chartArea.left, chart.chartArea.right);
    canvas.onpointerdown = (event) => {
      if (event.button !== 0) return;
      begun = place_of(event);
      canvas.setPointerCapture(event.pointerId);
    };
    canvas.onpointermove = (event) => {
      if (begun === null) return;
      const at = place_of(event);
      drag.hidden = Math.abs(at - begun) < LEAST_DRAG;
      drag.style.left = `${Math.min(at, begun)}px`;
      drag.style.width = `${Math.abs(at - begun)}px`;
      drag.style.top = `${chart.chartArea.top}px`;
      drag.style.height = `${chart.chartArea.height}px`;
    };
    canvas.onpointerup = (event) => {
      if (begun === null) return;
      const ends = [begun, place_of(event)].sort((a, b) => a - b);
      begun = null;
      drag.hidden = true;
      if (ends[1] - ends[0] >= LEAST_DRAG)
        show(...ends.map((at) => chart.scales.x.getValueForPixel(at)));
    };
    canvas.onpointercancel = () => {
      begun = null;
      drag.hidden = true;
    };

    build();
    return build;
  };

  const figures = [...document.querySelectorAll("figure.picture")].map(live);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const build of figures) build();
  });
  for (const hint of document.querySelectorAll(".hint")) hint.hidden = false;
})();
