// server.cpp: an address is listened to, clients are let in.
#include "serve/server.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "base/machine.hpp"
#include "serve/detail/connection.hpp"

namespace atelier {
namespace asio = boost::asio;
using tcp = asio::ip::tcp;
namespace {

constexpr int kFirstPort = 6174, kPorts = 10;  // registered to nobody; a bookmark mostly holds

/// Every address of this machine.
std::vector<asio::ip::address> own_addresses() {
  std::vector<asio::ip::address> all;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return all;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    if (at->ifa_addr == nullptr) continue;
    if (at->ifa_addr->sa_family == AF_INET)
      all.emplace_back(
          asio::ip::address_v4(ntohl(reinterpret_cast<const sockaddr_in*>(at->ifa_addr)->sin_addr.s_addr)));
    if (at->ifa_addr->sa_family == AF_INET6) {
      asio::ip::address_v6::bytes_type bytes{};
      std::copy_n(reinterpret_cast<const sockaddr_in6*>(at->ifa_addr)->sin6_addr.s6_addr, bytes.size(), bytes.begin());
      all.emplace_back(asio::ip::address_v6(bytes));
    }
  }
  ::freeifaddrs(first);
  return all;
}

std::string host_text(const asio::ip::address& address) {
  return address.is_v6() ? '[' + address.to_string() + ']' : address.to_string();
}

/// How clients may name this server: by its address; bound to all of them, by each and by the machine's name.
std::vector<std::string> hosts_of(const asio::ip::address& address, int port) {
  std::vector<std::string> names;
  if (address.is_unspecified()) {
    names.push_back(host_name());
    for (const auto& own : own_addresses()) names.push_back(host_text(own));
  } else {
    names.push_back(host_text(address));
  }
  if (address.is_loopback() || address.is_unspecified())
    for (const char* usual : {"localhost", "127.0.0.1", "[::1]"})
      if (std::ranges::find(names, usual) == names.end()) names.emplace_back(usual);
  for (std::string& name : names) name += fmt::format(":{}", port);
  return names;
}

}  // namespace

struct Server::Shell {
  explicit Shell(const ServerOptions& given)
      : options(given),
        hall{options.limits, [this](const Request& request) { return answer(request); },
             [this]() -> Feed& { return site->feed(); }} {}
  ~Shell() { stop(); }

  Result<void> listen();
  Result<void> bind(const asio::ip::address& address, int port);
  void accept();
  void admit(tcp::socket socket);
  Response answer(const Request& request);
  void stop();

  const ServerOptions options;
  Gate gate;
  std::unique_ptr<Site> site;
  std::atomic<bool> closing = false;
  detail::Hall hall;  // outlives the sockets
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer pause{io};
  std::jthread thread;
};

Result<void> Server::Shell::bind(const asio::ip::address& address, int port) {
  boost::system::error_code error;
  const tcp::endpoint endpoint(address, static_cast<unsigned short>(port));
  acceptor = tcp::acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return {};
  return fail(Trouble::usage, fmt::format("the page cannot be served at {}:{}", host_text(address), port),
              error.message(), port == 0 ? "choose another --bind" : "choose another --port, or leave it out");
}

Result<void> Server::Shell::listen() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.address == "localhost" ? "127.0.0.1" : options.address, error);
  if (error)
    return fail(Trouble::usage, fmt::format("\"{}\" is no address", options.address), {},
                "for example --bind 127.0.0.1, or --bind 0.0.0.0 for every address of this machine");
  auto bound = bind(address, options.port != 0 ? options.port : kFirstPort);
  for (int next = 1; !bound && options.port == 0 && next < kPorts; ++next) bound = bind(address, kFirstPort + next);
  if (!bound && options.port == 0) bound = bind(address, 0);
  if (!bound) return bound;
  gate.hosts = hosts_of(address, acceptor.local_endpoint().port());
  gate.loopback = address.is_loopback();
  return {};
}

Response Server::Shell::answer(const Request& request) {
  if (closing) return error_response(503, Error{Trouble::interrupted, "the server is being stopped", {}, {}});
  return site->answer(gate, request);
}

void Server::Shell::accept() {
  acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (closing) return;
    if (!error) {
      admit(std::move(socket));
      return accept();
    }
    pause.expires_after(std::chrono::milliseconds(100));  // out of descriptors, most likely
    pause.async_wait([this](boost::system::error_code stopped) {
      if (!stopped) accept();
    });
  });
}

// Whoever opens connections and asks nothing loses the oldest of them first.
void Server::Shell::admit(tcp::socket socket) {
  if (hall.all.size() >= options.limits.connections) {
    if (hall.owing.empty()) return;
    if (const auto oldest = hall.owing.front().lock()) oldest->drop();
  }
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  std::make_shared<detail::Connection>(std::move(socket), hall)->start();
}

void Server::Shell::stop() {
  if (closing.exchange(true)) return;
  hall.workers.join();
  io.stop();
  if (thread.joinable()) thread.join();
}

Server::Server(std::unique_ptr<Shell> shell) : shell_(std::move(shell)) {}
Server::~Server() = default;

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options) {
  auto token = new_token();
  if (!token) return pass_on(token);
  auto site = Site::open(options.site, *token);
  if (!site) return pass_on(site);
  auto shell = std::make_unique<Shell>(options);
  shell->gate.token = *token;
  shell->site = *std::move(site);
  if (auto listening = shell->listen(); !listening) return pass_on(listening);
  shell->accept();
  shell->thread = std::jthread([io = &shell->io] { io->run(); });
  return std::unique_ptr<Server>(new Server(std::move(shell)));
}

std::string Server::url() const {
  const Gate& gate = shell_->gate;
  return fmt::format("http://{}/{}", gate.hosts.front(), gate.loopback ? "" : "?token=" + gate.token);
}

int Server::port() const { return shell_->acceptor.local_endpoint().port(); }
const Gate& Server::gate() const { return shell_->gate; }
Site& Server::site() { return *shell_->site; }

}  // namespace atelier
