// main.ts: starts the page.
import { mount } from "svelte";
import App from "./App.svelte";
import { startLive } from "./live";
import { startRouting } from "./place.svelte";
import "./theme.css";

startRouting();
startLive();
mount(App, { target: document.getElementById("app")! });
