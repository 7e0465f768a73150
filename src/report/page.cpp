#include <fmt/format.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/sha256.h"
#include "ipucnn/html_page.h"
#include "report/chart_script.h"

namespace ipucnn::reporting {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --soft: #57606a; --line: #d0d7de;
  --c0: #0072b2; --c1: #d55e00; --c2: #00805b; --c3: #b0428b; --c4: #8a6d00; --c5: #3a86c8;
  --c6: #6a3d9a; --c7: #8c564b; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6edf3; --bg: #0d1117; --soft: #9da7b1;
  --line: #30363d; --c0: #58a6e8; --c1: #ff8c42; --c2: #3fc79a; --c3: #e884c4; --c4: #d8b13a;
  --c5: #8cc8ff; --c6: #b392f0; --c7: #c99b8f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); margin: 0 auto;
  padding: 1rem; max-width: 88rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
.metrics, .wide .pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); gap: 0 2rem; }
.metrics > div { min-width: 0; } .wide { grid-column: 1 / -1; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
figure.picture { margin: .8rem 0 1.4rem; max-width: 52rem; container-type: inline-size; }
figcaption { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: baseline; font-size: .85rem;
  color: var(--soft); min-height: 1.6rem; }
.key::before { content: ""; display: inline-block; width: .9rem; height: 0; margin-right: .35rem;
  vertical-align: middle; border-top: 2px solid currentColor; }
.key.of-level::before { border-top: 2px dashed var(--fg); }
.key.of-band::before { height: .7rem; border: 0; background: var(--soft); opacity: .3; }
.key.of-left-out::before { width: .45rem; height: .45rem; border: 1.5px solid; border-radius: 50%; }
figcaption button { font: inherit; border: 1px solid var(--line); border-radius: 4px; padding: 0 .4rem;
  background: none; color: var(--fg); cursor: pointer; }
figcaption button.key { border-color: transparent; padding: 0; }
figcaption button[aria-pressed=false] { opacity: .4; text-decoration: line-through; }
.chart { position: relative; height: clamp(15rem, 48cqw, 25rem); display: none; }
.chart canvas { touch-action: pan-y; cursor: crosshair; }
.drag { position: absolute; background: var(--soft); opacity: .25; pointer-events: none; }
.live .chart { display: block; } .live svg { display: none; }
@media print { .live .chart { display: none; } .live svg { display: block; } }
.label { fill: var(--soft); } .tick { fill: var(--soft); } svg { width: 100%; height: auto; margin-top: .3rem; }
svg text { font: 13px system-ui, sans-serif; }
@container (max-width: 36rem) { svg text { font-size: 15px; } }
@container (max-width: 27rem) { svg text { font-size: 18px; } }
.grid { stroke: var(--line); stroke-width: .7; }
.axis { stroke: var(--soft); } .curve path { fill: none; stroke-width: 1.3; stroke: currentColor; }
.curve .dot { fill: currentColor; } .curve .left-out { fill: var(--bg); stroke: currentColor; }
.many { color: var(--soft); opacity: .45; } .mean { stroke: var(--fg); stroke-dasharray: 5 3; }
.band { fill: var(--soft); opacity: .18; } .bar { fill: var(--c0); }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.doubt { border-left: 3px solid var(--c1); padding-left: .7rem; } .note { color: var(--soft); }
code { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
code.lines { white-space: pre-wrap; } details th { white-space: nowrap; vertical-align: top; }
.phase { stroke: var(--soft); stroke-dasharray: 1 3; }
)";

constexpr std::string_view kHint =
    "<p class=\"note hint\" hidden>In a picture: rest on a value to read it, drag across to zoom "
    "in, "
    "double-click for all; a name above it turns its curve off and on.</p>\n";

}  // namespace

PageFrame page_frame(const std::string& title, bool pictures) {
  const std::string script = pictures ? unpacked(chart_script()) : "";
  // Nothing but our own script runs, and nothing is fetched, whatever a text that stands in the
  // page could do.
  const std::string policy =
      fmt::format("default-src 'none'; style-src 'unsafe-inline'; script-src {}",
                  script.empty() ? "'none'" : "'sha256-" + base64(sha256_bytes(script)) + "'");
  return {
      fmt::format("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
                  "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta "
                  "http-equiv=\"Content-Security-Policy\" content=\"{2}\">\n<title>{0}</title>\n"
                  "<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n{3}",
                  markup_text(title), kStyle, policy, script.empty() ? "" : kHint),
      (script.empty() ? "" : "<script>" + script + "</script>\n") + "</body>\n</html>\n"};
}

std::string page(const std::string& title, const std::string& body) {
  const PageFrame frame = page_frame(title, body.find("<figure class=\"picture\">") != body.npos);
  return frame.head + body + frame.foot;
}

}  // namespace ipucnn::reporting
