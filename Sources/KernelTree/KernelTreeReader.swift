// --kernel-tree: history, changelog and code of a kernel, asked which of the known fixes are in.
import Bytes
import Glibc
import SystemPackage
import Verdicts

/// From a kernel's source to which fixes it has.
package enum KernelTreeReader {
  /// What is said of one fix until now.
  private struct Clues {
    var present: [String] = []
    var absent: [String] = []
    var unknown: [String] = []
  }

  /// Reads `path`, a folder or a changelog. Nil if there is nothing of that name.
  package static func read(_ path: String) -> TreeAnswer? {
    var info = stat()
    // stat fills the struct it is given and nothing else.
    guard unsafe stat(path, &info) == 0 else { return nil }
    let isFolder = info.st_mode & S_IFMT == S_IFDIR
    var clues: [String: Clues] = [:]
    var notes: [String] = []
    let head = isFolder ? history(path, &clues, &notes) : nil
    var version = isFolder ? makefileVersion(path) : nil
    if let file = isFolder ? changelog(in: path) : path {
      let changelog = Changelog(path: file)
      if let fault = changelog.fault { notes.append("\(file): \(fault)") }
      if changelog.version != nil {
        version = version ?? changelog.version
        add(changelog, file, &clues)
      }
    }
    if isFolder { code(path, head, &clues) }
    return TreeAnswer(
      path: path, version: version, head: head,
      fixes: KernelFix.all.map { answer($0, clues[$0.commit] ?? Clues()) }, notes: notes)
  }

  /// History and changelog say what was done, the code what came of it. Where they do not agree nothing is known.
  private static func answer(_ fix: KernelFix, _ clues: Clues) -> TreeAnswer.Fix {
    let state: TreeAnswer.State =
      switch (clues.present.isEmpty, clues.absent.isEmpty) {
      case (false, true): .present
      case (true, false): .absent
      case (false, false): .contradictory
      case (true, true): .unknown
      }
    let evidence = clues.present + clues.absent
    // A merge that took the other side's code leaves a history that has both: without the code, messages are all there is.
    return TreeAnswer.Fix(
      fix, state,
      evidence + clues.unknown
        + (evidence.isEmpty ? ["neither a commit nor a changelog's entry names it"] : []))
  }

  private static func history(
    _ path: String, _ clues: inout [String: Clues], _ notes: inout [String]
  ) -> String? {
    do throws(Git.Refusal) {
      let history = try History(git(path))
      for clue in history.clues {
        switch clue.kind {
        case .added: clues[clue.commit, default: Clues()].present.append(clue.text)
        case .reverted: clues[clue.commit, default: Clues()].absent.append(clue.text)
        }
      }
      return history.head
    } catch {
      notes.append(error.reason)
      return nil
    }
  }

  /// git's ceiling is a path without links.
  private static func git(_ path: String) -> Git {
    let folder = unsafe realpath(path, nil)
    // realpath gave it, and nobody else has it.
    defer { unsafe free(folder) }
    return Git(folder: unsafe folder.map { unsafe String(cString: $0) } ?? path)
  }

  private static func add(_ changelog: Changelog, _ file: String, _ clues: inout [String: Clues]) {
    for found in changelog.found {
      let place = "\(file):\(found.line)"
      if found.isRevert {
        clues[found.commit, default: Clues()].absent.append("\(place) lists its revert")
      } else {
        clues[found.commit, default: Clues()].present.append("\(place) lists it")
      }
    }
  }

  /// The code that is checked out decides what was added and taken back; it never outvotes a history that has only the one.
  /// `head`: the commit that is checked out, where there is a history: a bare repository, or one of which a part is checked out, has
  /// its files there.
  private static func code(_ path: String, _ head: String?, _ clues: inout [String: Clues]) {
    var sources: [String: Result<CSource, Unreadable>] = [:]
    for shape in Shape.all {
      let source =
        sources[shape.file]
        ?? Result { () throws(Unreadable) in CSource(try bytes(of: shape.file, in: path, head)) }
      sources[shape.file] = source
      var known = clues[shape.commit] ?? Clues()
      let wasUndone = !known.present.isEmpty && !known.absent.isEmpty
      switch source {
      case .failure(let fault): known.unknown.append("\(shape.file): \(fault.reason)")
      case .success(let source):
        switch shape.look(source) {
        case .with(let line):
          if wasUndone { known.absent = [] }
          known.present.append("\(shape.file):\(line) has its code")
        case .without(let line):
          if wasUndone { known.present = [] }
          known.absent.append("\(shape.file):\(line) is the code without it")
        case .unknown(let reason): known.unknown.append(reason)
        }
      }
      clues[shape.commit] = known
    }
  }

  // MARK: files

  private struct Unreadable: Error {
    var reason: String
    var isMissing = false
  }

  /// iommu.c has 130 kB.
  private static let longest = 8 << 20

  private static func bytes(
    of file: String, in folder: String, _ head: String?
  ) throws(Unreadable) -> [UInt8] {
    do throws(Unreadable) {
      return try bytes(of: file, in: folder)
    } catch {
      guard error.isMissing, let head,
        let answer = try? git(folder).run("cat-file", "blob", "\(head):\(file)"), answer.status == 0
      else { throw error }
      return answer.output
    }
  }

  /// A plain file of the tree; what else may lie under its name is not waited for.
  private static func bytes(of file: String, in folder: String) throws(Unreadable) -> [UInt8] {
    do {
      let descriptor = try FileDescriptor.open(
        FilePath(folder).appending(file), .readOnly, options: .nonBlocking)
      return try descriptor.closeAfter {
        guard descriptor.regularLength != nil else { throw Unreadable(reason: "no plain file") }
        guard let bytes = try descriptor.readWhole(atMost: longest) else {
          throw Unreadable(reason: "more than \(longest >> 20) MB")
        }
        return bytes
      }
    } catch let fault as Unreadable {
      throw fault
    } catch Errno.noSuchFileOrDirectory {
      throw Unreadable(reason: "not there, so the code was not looked at", isMissing: true)
    } catch {
      throw Unreadable(reason: "cannot be read (\(error)), so the code was not looked at")
    }
  }

  /// `VERSION = 6`, `PATCHLEVEL = 15`, `SUBLEVEL = 3`, `EXTRAVERSION = -rc2`.
  private static func makefileVersion(_ folder: String) -> String? {
    guard let bytes = try? bytes(of: "Makefile", in: folder) else { return nil }
    var values: [Substring: Substring] = [:]
    for line in String(decoding: bytes.prefix(4096), as: UTF8.self).split(separator: "\n").prefix(32) {
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.split(separator: " ").first ?? "" }
      if parts.count == 2, values[parts[0]] == nil { values[parts[0]] = parts[1] }
    }
    guard let major = values["VERSION"].flatMap({ Int($0) }),
      let minor = values["PATCHLEVEL"].flatMap({ Int($0) })
    else { return nil }
    return "\(major).\(minor).\(values["SUBLEVEL"].flatMap { Int($0) } ?? 0)\(values["EXTRAVERSION"] ?? "")"
  }

  /// A source package's, or that of a folder in /usr/share/doc.
  private static func changelog(in folder: String) -> String? {
    ["debian/changelog", "changelog.Debian.gz", "changelog.gz", "changelog.Debian", "changelog"]
      .map { FilePath(folder).appending($0).string }
      // access gets a C string for as long as the call lasts.
      .first { unsafe access($0, R_OK) == 0 }
  }
}
