// SPDX-License-Identifier: MIT
#include "lib/core/file.hpp"

#include <fcntl.h>

#include <iterator>
#include <system_error>

#include "tests/support/catch.hpp"
#include "tests/support/temp_dir.hpp"

using namespace consolidador;
using namespace consolidador::test;

namespace fs = std::filesystem;

namespace {

std::ptrdiff_t files_in(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

bool is_open(int descriptor) {
  return ::fcntl(descriptor, F_GETFD) >= 0;
}

}  // namespace

TEST_CASE("a replaced file has the new content and mode, and nothing is left beside it") {
  const TempDir dir;
  write_file(dir / "page", "old");
  replace_file(dir / "page", "new", 0640);
  CHECK(read_file(dir / "page") == "new");
  CHECK((File(dir / "page", O_RDONLY).status().st_mode & 07777) == 0640);
  CHECK(files_in(dir / "") == 1);
}

TEST_CASE("what cannot be replaced stays as it was, and nothing is left beside it") {
  const TempDir dir;
  fs::create_directory(dir / "page");
  CHECK_THROWS_AS(replace_file(dir / "page", "new", 0600), std::system_error);
  CHECK(files_in(dir / "") == 1);
  CHECK_THROWS_WITH(replace_file(dir / "none/page", "new", 0600),
                    contains((dir / "none/page").string()));
}

TEST_CASE("a link is replaced and not followed") {
  const TempDir dir;
  write_file(dir / "other", "theirs");
  fs::create_symlink(dir / "other", dir / "page");
  replace_file(dir / "page", "new", 0600);
  CHECK(read_file(dir / "other") == "theirs");
  CHECK_FALSE(fs::is_symlink(dir / "page"));
}

TEST_CASE("a file is read up to the size asked for, and written whole") {
  const TempDir dir;
  File(dir / "x", O_WRONLY | O_CREAT, 0600).write("0123456789");
  const File file(dir / "x", O_RDONLY);
  CHECK(file.read(4) == "0123");
  CHECK(file.read(100) == "456789");
  CHECK(file.read(100).empty());
  CHECK_THROWS_WITH(file.write("x"), contains((dir / "x").string()));
}

TEST_CASE("a descriptor belongs to one file and is closed with it") {
  const TempDir dir;
  File file(dir / "x", O_WRONLY | O_CREAT, 0600);
  const int descriptor = file.descriptor();
  {
    const File moved(std::move(file));
    CHECK(file.descriptor() == -1);
    CHECK(moved.descriptor() == descriptor);
  }
  CHECK_FALSE(is_open(descriptor));
}

TEST_CASE("a missing file is named, with errno as the error's code") {
  const TempDir dir;
  try {
    const File missing(dir / "x", O_RDONLY);
    FAIL("opened");
  } catch (const std::system_error& error) {
    CHECK(error.code() == std::errc::no_such_file_or_directory);
    CHECK_THAT(error.what(), contains((dir / "x").string()));
  }
}
