// Draws the numbers of a figure in place of the server's drawing. Tooltips are drawn too: the policy allows no inline style.
import { BarChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

echarts.use([BarChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export function draw(figure) {
  const { title, unit, labels, series, colours } = JSON.parse(figure.dataset.chart);
  const ink = getComputedStyle(figure).color;
  const place = document.createElement("div");
  place.className = "drawing";
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", title);
  figure.querySelector("svg").replaceWith(place);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    color: colours,
    textStyle: { color: ink, fontFamily: "inherit" },
    legend: { right: 0, top: 0, textStyle: { color: ink } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 8, right: 8, top: 40, bottom: 8, containLabel: true },
    xAxis: { type: "category", data: labels, axisLabel: { color: ink } },
    yAxis: { type: "value", name: unit, nameTextStyle: { color: ink }, axisLabel: { color: ink } },
    series: series.map(({ name, values }) => ({
      name,
      type: "bar",
      data: values.map((value) => (value === null ? null : Number(value))),
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}
