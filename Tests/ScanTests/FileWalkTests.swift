import Bytes
import Foundation
import Scan
import TestSupport
import Testing

struct FileWalkTests {
  @Test func globs() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a.log", [1])
    _ = try folder.file("b.txt", [1])
    try shell("mkdir sub; cp a.log sub/c.log; ln -s .. sub/loop", in: folder)
    let walk = FileWalk([folder.path], include: ["*.log"], exclude: ["c*"])
    #expect(Array(walk) == [.file(folder.path + "/a.log")])
  }

  @Test func lists() {
    #expect(FileWalk.list(Array("a\nb c\n".utf8)) == ["a", "b c"])
    #expect(FileWalk.list(Array("a\0b\nc\0".utf8)) == ["a", "b\nc"])
  }

  /// What gives nothing stands where it was named; what a list names comes after the paths.
  @Test func order() throws {
    let folder = try TemporaryFolder()
    try shell("mkdir -p b/y b/empty z; touch b/1 b/y/2 b/z c z/9", in: folder)
    let at = { folder.path + "/" + $0 }
    var walk = FileWalk([at("z"), at("b/empty"), at("b"), at("gone")])
    walk.add([], from: "list")
    walk.add([at("c")], from: "another")
    #expect(
      Array(walk) == [
        .file(at("z/9")), .closed(at("b/empty"), reason: "no file to read in here"),
        .file(at("b/1")), .file(at("b/y/2")), .file(at("b/z")), .file(at("gone")),
        .closed("list", reason: "the list names no file"), .file(at("c")),
      ])
  }

  @Test func sizesAreThoseOfRegularFiles() throws {
    let folder = try TemporaryFolder()
    _ = try folder.file("a", Array(repeating: 1, count: 1000))
    try shell("mkdir sub; cp a sub/b; mkfifo sub/pipe; ln -s a link", in: folder)
    var walk = FileWalk([folder.path])
    walk.measures = true
    while walk.next() != nil {}
    #expect(walk.bytes == 3000 && walk.strange == 1)
  }

  @Test func folderInFolder() throws {
    let folder = try TemporaryFolder()
    let deep = String(repeating: "d/", count: 64)
    try shell("mkdir -p \(deep); touch \(deep)lost d/found", in: folder)
    let inputs = Array(FileWalk([folder.path + "/"]))
    #expect(inputs.count == 2 && inputs[1] == .file(folder.path + "/d/found"))
    guard case .closed(let path, let reason) = inputs[0] else { throw NotClosed() }
    #expect(path.hasSuffix("d/d/d") && reason == "folders in folders, more than 64 deep")
  }
  private struct NotClosed: Error {}

  /// By which name it is met does not matter; a file of another name is another file.
  @Test func theTargetIsNoInput() throws {
    let folder = try TemporaryFolder()
    try shell("touch a b; ln a c; ln -s a d", in: folder)
    var walk = FileWalk([folder.path])
    walk.target = FileIdentity(folder.path + "/a")
    #expect(Array(walk) == [.file(folder.path + "/b"), .file(folder.path + "/d")])
  }
}
