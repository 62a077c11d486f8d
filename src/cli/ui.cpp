// ui.cpp: `atelier ui` serves the page of a workspace.
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <thread>

#include "cli/all_commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/runs.hpp"
#include "cli/workspace.hpp"
#include "serve/server.hpp"

namespace atelier::cli {
namespace {

struct State {
  std::string workspace, port, bind, assets;
  bool no_open = false, read_only = false;
};

Result<int> port_of(const std::string& text) {
  if (text.empty()) return 0;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc{} && end == text.data() + text.size() && port > 0 && port < 65536) return port;
  return fail(Trouble::usage, "--port needs a number from 1 to 65535", fmt::format("found `{}`", text),
              "leave it out for a free one");
}

/// Asks the desktop to open the address. Whether it can is its own affair: it is neither waited for nor heard.
void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  // A shell that goes at once leaves the browser to the system, so that no dead process stays behind.
  const std::string line = "xdg-open \"$0\" &";
  const char* const words[] = {"sh", "-c", line.c_str(), url.c_str(), nullptr};
  pid_t child = 0;
  if (posix_spawn(&child, "/bin/sh", &actions, nullptr, const_cast<char* const*>(words), environ) == 0)
    ::waitpid(child, nullptr, 0);
  posix_spawn_file_actions_destroy(&actions);
}

/// A workspace of the usual name comes into being when it is looked at, so that the page can wait for the first run; one
/// that was named has to be there.
Result<void> expect_workspace(const State& state) {
  if (has_runs(state.workspace) || state.read_only || !state.workspace.empty()) return {};
  const auto made = open_store(workspace_of(state.workspace));
  return made ? Result<void>{} : pass_on(made);
}

Result<void> run(const State& state, const Console& console) {
  const auto port = port_of(state.port);
  if (!port) return pass_on(port);
  if (auto there = expect_workspace(state); !there) return there;
  ServerOptions options{{workspace_of(state.workspace), state.assets, state.read_only}};
  options.port = *port;
  if (!state.bind.empty()) options.address = state.bind;
  const Interrupt interrupt;
  const auto server = Server::start(options);
  if (!server) return pass_on(server);
  console.out << (*server)->url() << '\n' << std::flush;
  if (!(*server)->gate().loopback)
    console.note(
        "anyone who has this address can read and change the workspace, and what is sent can be read on its way");
  if ((*server)->site().read_only() && !state.read_only)
    console.note("the workspace cannot be written: it is open for reading only");
  console.say("Ctrl-C ends it");
  if (!state.no_open) open_browser((*server)->url());
  while (!interrupt.wanted()) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return {};
}

}  // namespace

Command ui_command() {
  return {"ui",
          "Look up",
          "[--workspace DIR] [--port PORT]",
          "serve the page of a workspace, and open it",
          {"atelier ui", "atelier ui --workspace copied-runs --read-only", "atelier ui --bind 0.0.0.0 --no-open"},
          [] {
            auto state = std::make_shared<State>();
            return Prepared{
                {workspace_option(&state->workspace),
                 {"--port", "PORT", "where to listen [the first free one from 6174]", &state->port, false},
                 {"--bind", "ADDRESS", "for other machines, too; a token then guards reading [127.0.0.1]", &state->bind,
                  false},
                 {"--no-open", "", "only print the address", &state->no_open, false},
                 {"--read-only", "", "no notes, no deleting, no steering of sweeps", &state->read_only, false},
                 {"--assets", "FOLDER", "the page from this folder instead of the built-in one, for its development",
                  &state->assets, false}},
                [state](Console& console) { return run(*state, console); }};
          },
          "Everything it needs is built in; nothing is fetched from anywhere."};
}

}  // namespace atelier::cli
