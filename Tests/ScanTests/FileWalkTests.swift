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
    #expect(walk.bytes == 3000 && walk.specialFiles == 1)
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
    walk.notInputs = [FileIdentity(folder.path + "/a")].compactMap(\.self)
    #expect(Array(walk) == [.file(folder.path + "/b")])
  }

  /// A glob on the names of files must not hide that a folder could not be entered.
  @Test(arguments: [["*.log"], []]) func aFolderThatIsGone(_ include: [String]) throws {
    let folder = try TemporaryFolder()
    try shell("mkdir a b; touch a/1.log b/2.log", in: folder)
    var walk = FileWalk([folder.path], include: include)
    #expect(walk.next() == .file(folder.path + "/a/1.log"))
    try shell("mv b c", in: folder)
    #expect(walk.next() == .closed(folder.path + "/b", reason: "no such file"))
    #expect(walk.next() == nil)
  }

  @Test func aNameThatIsNoUTF8() throws {
    let folder = try TemporaryFolder()
    try shell("n=$(printf 'b\\344r'); mkdir \"$n\" good; touch \"$n/1.log\" good/2.log", in: folder)
    let inputs = Array(FileWalk([folder.path], include: ["*.log"]))
    #expect(inputs.count == 2 && inputs.contains(.file(folder.path + "/good/2.log")))
    #expect(
      inputs.contains { if case .closed(let path, _) = $0 { path.contains("b\u{fffd}r") } else { false } })
  }

  /// To Swift they are one name.
  @Test func namesOfEqualLetters() throws {
    let names = ["e\u{301}.log", "\u{e9}.log"]
    for order in [names, names.reversed()] {
      let folder = try TemporaryFolder()
      for name in order { _ = try folder.file(name, [1]) }
      let found = FileWalk([folder.path]).map { Array($0.path.utf8.suffix(7)) }
      #expect(found == names.map { Array(("/" + $0).utf8.suffix(7)) })
    }
  }

  @Test func itEndsWhenItIsStopped() throws {
    let folder = try TemporaryFolder()
    try shell("mkdir a b", in: folder)
    var walk = FileWalk([folder.path])
    walk.isStopped = { true }
    #expect(walk.next() == nil)
  }
}
