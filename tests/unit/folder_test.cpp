// SPDX-License-Identifier: MIT
#include "lib/core/folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "lib/core/error.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace fs = std::filesystem;

TEST_CASE("a link is neither read nor written, whatever it leads to, and says so") {
  const TempDir dir;
  fs::create_directory(dir / "ours");
  write_file(dir / "theirs", "theirs");
  fs::create_symlink(dir / "theirs", dir / "ours/x");
  fs::create_symlink(dir / "nothing", dir / "ours/y");
  const Folder folder(dir / "ours");
  CHECK_THROWS_WITH(folder.read("x"), contains("ours/x is a link"));
  CHECK_THROWS_WITH(folder.open("x", O_RDWR), contains("remove it"));
  CHECK_THROWS_AS(folder.open_or_make("y", O_RDWR | O_APPEND, 0600), Error);
  CHECK_FALSE(fs::exists(dir / "nothing"));
  CHECK(read_file(dir / "theirs") == "theirs");
}

TEST_CASE("a file with two names, a pipe and a folder are none of ours") {
  const TempDir dir;
  write_file(dir / "x", "x");
  fs::create_hard_link(dir / "x", dir / "y");
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  fs::create_directory(dir / "folder");
  const Folder folder(dir / "");
  CHECK_THROWS_WITH(folder.read("x"), contains("second name"));
  CHECK_THROWS_WITH(folder.open("pipe", O_RDONLY), contains("not a regular file"));
  CHECK_THROWS_WITH(folder.open("pipe", O_RDWR), contains("not a regular file"));
  CHECK_THROWS_WITH(folder.read("folder"), contains("not a regular file"));
}

TEST_CASE("a file of a third account is none of ours, and what is made is the owner's") {
  if (::geteuid() != 0) return;  // only root may give files away
  constexpr uid_t owner = 64321;
  constexpr uid_t third = 64322;
  const TempDir dir;
  REQUIRE(::chown((dir / "").c_str(), owner, owner) == 0);
  for (const auto* name : {"owners", "roots", "thirds"}) write_file(dir / name, name);
  REQUIRE(::chown((dir / "owners").c_str(), owner, owner) == 0);
  REQUIRE(::chown((dir / "thirds").c_str(), third, third) == 0);
  const Folder folder(dir / "");
  CHECK(folder.read("owners") == "owners");
  CHECK(folder.read("roots") == "roots");
  CHECK_THROWS_WITH(folder.read("thirds"), contains("belongs to user 64322"));

  folder.open_or_make("roots", O_RDWR, 0600);
  folder.open_or_make("new", O_RDWR, 0600);
  folder.replace("replaced", "text", 0640);
  struct stat status {};
  REQUIRE(::stat((dir / "roots").c_str(), &status) == 0);
  CHECK(status.st_uid == 0);  // it was there
  for (const auto* name : {"new", "replaced"}) {
    REQUIRE(::stat((dir / name).c_str(), &status) == 0);
    CHECK(status.st_uid == owner);
    CHECK(status.st_gid == owner);
  }
}

TEST_CASE("whoever puts another folder in its place leads nobody there") {
  const TempDir dir;
  fs::create_directory(dir / "x");
  fs::create_directory(dir / "other");
  const Folder folder(dir / "x");
  fs::rename(dir / "x", dir / "away");
  fs::create_directory_symlink(dir / "other", dir / "x");
  folder.open_or_make("a", O_RDWR, 0600).write("a");
  folder.replace("b", "b", 0600);
  folder.rename("b", "c");
  CHECK(folder.read("c") == "b");
  CHECK(folder.remove("c"));
  CHECK_FALSE(folder.remove("c"));
  CHECK(folder.names() == std::vector<std::string>{"a"});
  CHECK(fs::is_empty(dir / "other"));
  CHECK(read_file(dir / "away/a") == "a");
}

TEST_CASE("a folder of our own making is no link") {
  const TempDir dir;
  fs::create_directory(dir / "other");
  fs::create_directory_symlink(dir / "other", dir / "requests");
  CHECK_THROWS_AS(own_folder(dir / "requests"), std::system_error);
  CHECK(own_folder(dir / "other").names().empty());
}

TEST_CASE("what is not there is nothing to read, and no failure") {
  const TempDir dir;
  const Folder folder(dir / "");
  CHECK(folder.read("x") == std::nullopt);
  CHECK_FALSE(folder.has("x"));
  CHECK_THROWS_AS(Folder(dir / "none"), std::system_error);
}
