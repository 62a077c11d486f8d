// server_test.cpp: clients over real sockets: well-behaved, broken, slow and many.
#include "serve/server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <thread>

#include "serve/detail/testing.hpp"

namespace atelier {
namespace {

using namespace testing;
using Steady = std::chrono::steady_clock;

/// A client that sends what it is told, byte for byte.
class Client {
 public:
  explicit Client(int port) : handle_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(handle_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }

  void send(const std::string& text) const { ::send(handle_.get(), text.data(), text.size(), MSG_NOSIGNAL); }

  /// Reads until `enough` says so, the server closes, or a time has passed.
  template <class Enough>
  std::string read_until(const Enough& enough, int patience_ms = 10'000) {
    const auto end = Steady::now() + std::chrono::milliseconds(patience_ms);
    while (!closed_ && !enough(read_)) {
      pollfd waits{handle_.get(), POLLIN, 0};
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Steady::now()).count();
      if (left <= 0 || ::poll(&waits, 1, static_cast<int>(left)) <= 0) break;
      char piece[65536];
      const ssize_t got = ::recv(handle_.get(), piece, sizeof piece, 0);
      if (got <= 0) closed_ = true;
      if (got > 0) read_.append(piece, static_cast<std::size_t>(got));
    }
    return read_;
  }
  std::string read_all(int patience_ms = 10'000) {
    return read_until([](const std::string&) { return false; }, patience_ms);
  }
  /// One whole answer of a connection that stays open.
  std::string read_one() {
    const auto whole = [](const std::string& text) {
      const auto head = text.find("\r\n\r\n");
      const auto at = text.find("content-length: ");
      return head != text.npos && at < head && text.size() >= head + 4 + std::stoul(text.substr(at + 16));
    };
    return std::exchange((read_until(whole), read_), "");
  }
  bool closed() const { return closed_; }

 private:
  FileHandle handle_;
  std::string read_;
  bool closed_ = false;
};

class ServerTest : public ::testing::Test {
 protected:
  void start(Limits limits = {}) {
    limits_ = limits;
    server_ = value(Server::start(
        {.site = {.workspace = place_.folder, .assets = place_.folder / "assets", .pace = {2, 20, 10'000}},
         .limits = limits}));
  }
  std::string head(const std::string& line) const {
    return fmt::format("{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", line, server_->port());
  }
  std::string ask(const std::string& text) const {
    Client client(server_->port());
    client.send(text);
    return client.read_all();
  }
  std::string get(const std::string& target) const { return ask(head("GET " + target) + "Connection: close\r\n\r\n"); }

  Place place_;
  Limits limits_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersOverASocket) {
  start();
  EXPECT_TRUE(server_->url().starts_with("http://127.0.0.1:"));
  const std::string answer = get("/api/runs?columns=id&sort=id&limit=1");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with(R"({"columns":["id"],"total":4,"rows":[["a"]]})")) << answer;
  EXPECT_NE(answer.find("\r\ncontent-security-policy: default-src 'none'"), answer.npos);
  EXPECT_NE(answer.find("\r\nconnection: close\r\n"), answer.npos);
}

TEST_F(ServerTest, AConnectionServesManyRequests) {
  start();
  Client client(server_->port());
  for (int i = 0; i < 3; ++i) {
    client.send(head("GET /api/workspace") + "\r\n");
    EXPECT_TRUE(client.read_one().starts_with("HTTP/1.1 200 OK\r\n")) << i;
  }
  client.send(head("GET /api/workspace") + "\r\n" + head("GET /api/nothing") + "\r\n");  // both at once
  const std::string both = client.read_until([](const std::string& text) { return text.find("404") != text.npos; });
  EXPECT_TRUE(both.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(both.find("HTTP/1.1 404 Not Found"), both.npos);
}

TEST_F(ServerTest, HeadHasNoBodyAndFilesComeWhole) {
  start();
  const std::string head_only = ask(head("HEAD /api/workspace") + "Connection: close\r\n\r\n");
  EXPECT_TRUE(head_only.ends_with("\r\n\r\n"));
  EXPECT_EQ(head_only.find("content-length: 0"), head_only.npos);
  std::string big(3'000'000, 'x');
  for (std::size_t i = 0; i < big.size(); ++i) big[i] = static_cast<char>('a' + i * 7 % 23);
  place_.write("a/model.bin", big);
  EXPECT_TRUE(get("/api/runs/a/artifacts/model").ends_with("\r\n\r\n" + big));
}

TEST_F(ServerTest, AnotherNameForTheServerIsRefused) {
  start();
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 403 "));
  EXPECT_TRUE(ask("GET / HTTP/1.1\r\nConnection: close\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(ask(head("POST /api/runs/delete") + "Content-Length: 2\r\nConnection: close\r\n\r\n{}")
                  .starts_with("HTTP/1.1 401 "));
}

TEST_F(ServerTest, WhatIsNoRequestIsAnsweredAndClosed) {
  start({.request_ms = 500});
  for (const std::string& bad :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a handshake\r\n\r\n"), std::string("GET\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), head("GET /") + "bad header\r\n\r\n",
        head("POST /api/runs/delete") + "Content-Length: -1\r\n\r\n",
        head("POST /api/runs/delete") + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        head("POST /api/runs/delete") + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n"}) {
    const std::string answer = ask(bad);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << bad << "\n" << answer;
  }
  EXPECT_TRUE(get("/api/workspace").starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, WhatIsTooLargeIsRefused) {
  start({.header_bytes = 4000, .body_bytes = 10'000});
  EXPECT_TRUE(ask(head("GET /" + std::string(5000, 'x')) + "\r\n").starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(ask(head("GET /") + "X: " + std::string(100'000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
  EXPECT_TRUE(
      ask(head("POST /") + "Content-Length: 10001\r\n\r\n" + std::string(10'001, 'x')).starts_with("HTTP/1.1 413 "));
  EXPECT_TRUE(ask(head("POST /") + "Content-Length: 999999999999999\r\n\r\n").starts_with("HTTP/1.1 413 "));
  std::string chunks = head("POST /") + "Transfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 11; ++i) chunks += "3e8\r\n" + std::string(1000, 'x') + "\r\n";
  EXPECT_TRUE(ask(chunks).starts_with("HTTP/1.1 413 "));
}

TEST_F(ServerTest, HalfARequestIsWaitedForAWhileOnly) {
  start({.request_ms = 200, .idle_ms = 200});
  Client silent(server_->port()), half(server_->port()), body(server_->port()), idle(server_->port());
  half.send("GET / HT");
  body.send(head("POST /api/runs/delete") + "Content-Length: 100\r\n\r\n{");
  idle.send(head("GET /api/workspace") + "\r\n");
  EXPECT_EQ(half.read_all(), "");
  EXPECT_EQ(body.read_all(), "");
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_TRUE(idle.read_all().starts_with("HTTP/1.1 200 "));
  for (const Client* client : {&silent, &half, &body, &idle}) EXPECT_TRUE(client->closed());
}

TEST_F(ServerTest, ADripOfBytesDoesNotKeepARequestAlive) {
  start({.request_ms = 300});
  Client client(server_->port());
  client.send(head("GET /"));
  const auto began = Steady::now();
  while (!client.closed() && Steady::now() - began < std::chrono::seconds(10)) {
    client.send("X");
    client.read_all(20);
  }
  EXPECT_TRUE(client.closed());
  EXPECT_LT(Steady::now() - began, std::chrono::seconds(5));
}

TEST_F(ServerTest, ThoseWhoAskNothingMakeRoomForThoseWhoDo) {
  start({.connections = 16});
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 200; ++i) {
    idle.push_back(std::make_unique<Client>(server_->port()));
    idle.back()->send("GET / HTTP/1.1\r\nHost:");
  }
  EXPECT_TRUE(get("/api/workspace").starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, TenListenersHearAndOneThatStallsIsLeftBehind) {
  start({.write_ms = 2000, .event_bytes = 1024 * 1024});
  const std::string request = head("GET /api/events") + "\r\n";
  std::vector<std::unique_ptr<Client>> tabs;
  for (int i = 0; i < 11; ++i) {
    tabs.push_back(std::make_unique<Client>(server_->port()));
    tabs.back()->send(request);
  }
  const auto has = [](const std::string& word) {
    return [word](const std::string& text) { return text.find(word) != text.npos; };
  };
  for (int i = 0; i < 10; ++i)
    EXPECT_NE(tabs[static_cast<std::size_t>(i)]->read_until(has("event: hello")).find("text/event-stream"),
              std::string::npos);
  // The eleventh never reads: what the system buffers for it, some megabytes, and its queue fill up.
  const std::string filler(20'000, 'x');
  for (int n = 0; n < 600; ++n) {
    server_->site().feed().tell("filler", {{"n", n}, {"text", filler}});
    if (n % 20 == 0)
      for (int i = 0; i < 10; ++i) tabs[static_cast<std::size_t>(i)]->read_until(has(fmt::format("\"n\":{},", n)));
  }
  place_.record({place_.running, {{7, {{"val_loss", 0.5}}}}});
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(has("\"epoch\":7")(tabs[static_cast<std::size_t>(i)]->read_until(has("\"epoch\":7")))) << i;
  for (int i = 0; i < 1000 && server_->site().feed().listeners() > 10; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(server_->site().feed().listeners(), 10u);
  tabs.clear();
  for (int i = 0; i < 1000 && server_->site().feed().listeners() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(server_->site().feed().listeners(), 0u);
}

TEST_F(ServerTest, ATakenPortIsSaid) {
  start();
  const auto other = Server::start({.site = {.workspace = place_.folder}, .port = server_->port()});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().summary, fmt::format("the page cannot be served at 127.0.0.1:{}", server_->port()));
  EXPECT_FALSE(Server::start({.site = {.workspace = place_.folder}, .address = "nowhere"}));
  EXPECT_FALSE(Server::start({.site = {.workspace = place_.folder / "nothing"}}));
}

TEST_F(ServerTest, BoundElsewhereReadingNeedsTheToken) {
  server_ = value(Server::start({.site = {.workspace = place_.folder}, .address = "0.0.0.0"}));
  EXPECT_TRUE(get("/api/runs").starts_with("HTTP/1.1 401 "));
  const std::string token = server_->gate().token;
  EXPECT_TRUE(server_->url().ends_with("/?token=" + token));
  const std::string visit = get("/?token=" + token);
  EXPECT_TRUE(visit.starts_with("HTTP/1.1 303 "));
  const std::string cookie = fmt::format("Cookie: atelier-{}={}\r\n", server_->port(), token);
  EXPECT_TRUE(ask(head("GET /api/runs") + cookie + "Connection: close\r\n\r\n").starts_with("HTTP/1.1 200 "));
}

TEST_F(ServerTest, EndsWithClientsAtTheLine) {
  start();
  Client listening(server_->port()), idle(server_->port());
  listening.send(head("GET /api/events") + "\r\n");
  listening.read_until([](const std::string& text) { return text.find("hello") != text.npos; });
  server_ = nullptr;
  listening.read_all();
  EXPECT_TRUE(listening.closed());
}

}  // namespace
}  // namespace atelier
