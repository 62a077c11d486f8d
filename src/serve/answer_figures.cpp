// answer_figures.cpp: the figures of runs and sweeps as data, drawn by the page.
#include "experiment/figures_of.hpp"
#include "serve/route.hpp"
#include "serve/site.hpp"

namespace atelier {
namespace {

WorkspaceView view(const Call& call) { return {call.site.workspace(), call.site.reader()}; }

Result<Response> figure_response(const Result<Figure>& figure) {
  if (!figure) return pass_on(figure);
  return json_response(to_json(*figure));
}

Result<Response> run_figure(const Call& call, std::string_view name, FigureOptions options) {
  const auto test = call.truth("test");
  if (!test) return pass_on(test);
  options.test = *test;
  if (const auto run = call.site.reader().run(call.name("run")); !run) return no_such_run(call, run.error());
  return figure_response(figure_of_run(view(call), call.name("run"), name, options));
}

}  // namespace

Result<Response> answer_run_figure(const Call& call) { return run_figure(call, call.name("figure"), {}); }

Result<Response> answer_samples(const Call& call) {
  return run_figure(call, "cell",
                    {.truth = std::string(call.text("truth")), .answer = std::string(call.text("answer"))});
}

Result<Response> answer_sweep_figure(const Call& call) {
  const std::string& id = call.name("sweep");
  if (const auto sweep = call.site.reader().sweep(id); !sweep) return no_such_sweep(call, sweep.error());
  return figure_response(figure_of_sweep(view(call), id, call.name("figure"),
                                         {.x = std::string(call.text("x")), .y = std::string(call.text("y"))}));
}

}  // namespace atelier
