// main.ts: shows the report that lies in this file.
import { mount } from "svelte";
import "../app/theme.css";
import type { Report } from "./report";
import ReportView from "./Report.svelte";

const data = document.getElementById("atelier-report")?.textContent ?? "null";
const report = JSON.parse(data) as Report | null;
const target = document.getElementById("app")!;
if (report) mount(ReportView, { target, props: { report } });
else target.textContent = "This file has no report in it; `atelier report` writes one that has.";
