// plot.cpp: `atelier plot` draws figures of a run or a sweep, as files or in the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/catalog.hpp"
#include "base/files.hpp"
#include "cli/all_commands.hpp"
#include "cli/runs.hpp"
#include "cli/workspace.hpp"
#include "experiment/figures_of.hpp"
#include "experiment/sweep.hpp"
#include "figures/renderer.hpp"
#include "figures/terminal_image.hpp"
#include "figures/text.hpp"
#include "track/named_run.hpp"

namespace atelier::cli {
namespace {

namespace fs = std::filesystem;

struct State {
  std::vector<std::string> names;
  std::string of, workspace, svg, png, data, out, theme;
  bool terminal = false;
  FigureOptions options;
};

/// What is drawn: a run or a sweep, by its whole id.
struct Subject {
  bool sweep;
  std::string id;
};

bool holds(std::span<const std::string_view> names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// `last` is the newest sweep where a figure is asked for that only sweeps have, else the newest run.
Result<Subject> subject_of(Store& store, const State& state) {
  const bool for_sweeps = std::ranges::any_of(state.names, [](const std::string& name) {
    return holds(sweep_figure_names(), name) && !holds(run_figure_names(), name);
  });
  if (state.of != "last" || for_sweeps) {
    const auto sweep = state.of == "last" ? find_sweep(store, state.of) : store.sweep(state.of);
    if (sweep) return Subject{true, sweep->id};
    if (state.of == "last") return pass_on(sweep);
  }
  auto run = named_run(store, state.of);
  if (run) return Subject{false, run->id};
  if (auto sweep = find_sweep(store, state.of); sweep) return Subject{true, sweep->id};
  return pass_on(run);
}

/// An error for a name that only the other kind of subject has.
Result<void> check_name(const Subject& subject, const std::string& name) {
  const auto own = subject.sweep ? sweep_figure_names() : run_figure_names();
  const auto other = subject.sweep ? run_figure_names() : sweep_figure_names();
  if (holds(own, name) || !holds(other, name)) return {};
  const char* kinds[] = {"run", "sweep"};
  return fail(Trouble::usage, fmt::format("{} is a figure of a {}", name, kinds[!subject.sweep]),
              fmt::format("{} is a {}; it has {}", subject.id, kinds[subject.sweep], fmt::join(own, ", ")),
              fmt::format("name a {} with --of", kinds[!subject.sweep]));
}

Result<std::vector<Figure>> figures_of(const State& state) {
  const auto store = open_to_read(state.workspace);
  if (!store) return pass_on(store);
  const auto subject = subject_of(**store, state);
  if (!subject) return pass_on(subject);
  const WorkspaceView view{workspace_of(state.workspace), **store};
  std::vector<Figure> figures;
  for (const std::string& name : state.names) {
    if (auto fits = check_name(*subject, name); !fits) return pass_on(fits);
    auto figure = (subject->sweep ? figure_of_sweep : figure_of_run)(view, subject->id, name, state.options);
    if (!figure) return pass_on(figure);
    if (figure->data.empty()) {
      return fail(
          Trouble::data, fmt::format("{} has no {} to draw", subject->id, name),
          fmt::format("{}{}{}", figure->title, figure->words.empty() ? "" : "\n", fmt::join(figure->words, "\n")));
    }
    figures.push_back(*std::move(figure));
  }
  return figures;
}

/// One figure and where it goes; an empty path is none.
struct Files {
  fs::path svg, png, data;
};

Result<void> write(const Figure& figure, const std::optional<Picture>& picture, const Files& files,
                   const Console& console) {
  const auto done = [&](const fs::path& path, const Result<void>& written) {
    if (written) console.say("→  " + path.string());
    return written;
  };
  if (!files.data.empty()) {
    auto written = write_file_atomically(files.data, to_json(figure).dump(2) + "\n");
    if (!done(files.data, written)) return written;
  }
  if (!files.svg.empty()) {
    auto written = write_file_atomically(files.svg, std::string_view(picture->svg));
    if (!done(files.svg, written)) return written;
  }
  if (files.png.empty()) return {};
  const auto png = render_png(*picture);
  if (!png) return pass_on(png);
  return done(files.png, write_file_atomically(files.png, std::span<const std::uint8_t>(*png)));
}

/// The picture between its words, which it is too small to show.
Result<void> show(const Figure& figure, const Picture& picture, const Console& console) {
  const Terminal& terminal = console.out_terminal;
  const auto pixels = render(picture, 1);
  if (!pixels) return pass_on(pixels);
  const int width = std::min(terminal.width - 1, 160);
  console.out << inked(printable(figure.title), Ink::bold, terminal.colour) << '\n'
              << inked(printable(figure.caption), Ink::dim, terminal.colour) << "\n\n"
              << show_whole(*pixels, width, terminal);
  for (const std::string& sentence : figure.words)
    for (const std::string& line : wrap(printable(sentence), width)) console.out << line << '\n';
  return {};
}

Result<void> check(const State& state) {
  std::vector<std::string_view> known(run_figure_names().begin(), run_figure_names().end());
  known.insert(known.end(), sweep_figure_names().begin(), sweep_figure_names().end());
  for (const std::string& name : state.names)
    if (!holds(known, name)) return unknown_name("figure", name, known, "plot --help");
  if (!state.theme.empty() && state.theme != "light" && state.theme != "dark")
    return fail(Trouble::usage, "a theme is light or dark", fmt::format("found `{}`", printable(state.theme)));
  const bool one_file = !state.svg.empty() || !state.png.empty() || !state.data.empty();
  if (one_file && state.names.size() > 1)
    return fail(Trouble::usage, "one file holds one figure", fmt::format("{} are asked for", state.names.size()),
                "--out FOLDER writes each to files of its own");
  return {};
}

Result<void> make_folder(const std::string& folder) {
  std::error_code failed;
  if (!folder.empty()) fs::create_directories(folder, failed);
  if (!failed) return {};
  return fail(Trouble::file, "the folder cannot be made", folder + ": " + failed.message(), "choose another place");
}

Result<void> run(const State& state, const Console& console) {
  if (auto checked = check(state); !checked) return checked;
  const auto figures = figures_of(state);
  if (!figures) return pass_on(figures);
  if (auto made = make_folder(state.out); !made) return made;
  const bool nowhere = state.svg.empty() && state.png.empty() && state.data.empty() && state.out.empty();
  const bool shown = state.terminal || nowhere;
  const bool drawn = shown || !state.svg.empty() || !state.png.empty() || !state.out.empty();
  auto renderer = drawn ? std::optional(Renderer::create()) : std::nullopt;
  if (renderer && !*renderer) return pass_on(*renderer);
  for (const Figure& figure : *figures) {
    std::optional<Picture> picture;
    if (drawn) {
      auto made = (*renderer)->draw(figure, {.theme = state.theme == "dark" ? Theme::dark : Theme::light});
      if (!made) return pass_on(made);
      picture = *std::move(made);
    }
    if (auto written = write(figure, picture, {state.svg, state.png, state.data}, console); !written) return written;
    const fs::path folder = state.out;
    const Files each{folder / (figure.figure + ".svg"), folder / (figure.figure + ".png"), {}};
    if (!state.out.empty())
      if (auto written = write(figure, picture, each, console); !written) return written;
    if (shown)
      if (auto seen = show(figure, *picture, console); !seen) return seen;
  }
  return {};
}

std::vector<Argument> arguments_of(State& state) {
  FigureOptions& more = state.options;
  return {{"NAME", "",
           "what to draw; of a run " + fmt::format("{}", fmt::join(run_figure_names(), ", ")) + "; of a sweep " +
               fmt::format("{}", fmt::join(sweep_figure_names(), ", ")),
           &state.names, true},
          {"--of", "ID", "a run or a sweep by its id or the beginning of it, or `last`", &state.of, true},
          {"--svg", "FILE", "as a drawing", &state.svg, false},
          {"--png", "FILE", "as a picture", &state.png, false},
          {"--data", "FILE", "its data as JSON", &state.data, false},
          {"--out", "DIR", "each as NAME.svg and NAME.png in a folder", &state.out, false},
          {"--theme", "NAME", "light or dark [light]", &state.theme, false},
          {"--terminal", "", "also here; where no file is named, here alone", &state.terminal, false},
          {"--test", "", "what a run's model answers on the test set, not on the validation split", &more.test, false},
          {"--x", "NAME", "contour: the parameter across", &more.x, false},
          {"--y", "NAME", "contour: the parameter upwards", &more.y, false},
          {"--truth", "CLASS", "cell: the true class", &more.truth, false},
          {"--answer", "CLASS", "cell: the class that was answered", &more.answer, false},
          workspace_option(&state.workspace)};
}

}  // namespace

Command plot_command() {
  return {"plot",
          "Understand",
          "NAME... --of ID",
          "figures of a run or a sweep, as files or in the terminal",
          {"atelier plot curves --of last", "atelier plot confusion --of r7k2 --test --svg confusion.svg",
           "atelier plot parallel importance slices --of last --out figures"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{arguments_of(*state), [state](Console& console) { return run(*state, console); }};
          }};
}

}  // namespace atelier::cli
