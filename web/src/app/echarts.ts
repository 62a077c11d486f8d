// echarts.ts: the parts of ECharts that draw on the page; a chunk of its own, read when the first figure is shown.
import { BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart } from "echarts/charts";
import {
  BrushComponent, DataZoomInsideComponent, GraphicComponent, GridComponent, MarkAreaComponent, MarkLineComponent,
  ParallelComponent, TitleComponent, TooltipComponent, VisualMapComponent,
} from "echarts/components"; // prettier-ignore
import { use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";

use([
  BarChart, CustomChart, HeatmapChart, LineChart, ParallelChart, ScatterChart, BrushComponent, DataZoomInsideComponent,
  GraphicComponent, GridComponent, MarkAreaComponent, MarkLineComponent, ParallelComponent, TitleComponent,
  TooltipComponent, VisualMapComponent, LabelLayout, CanvasRenderer,
]); // prettier-ignore

export { init } from "echarts/core";
