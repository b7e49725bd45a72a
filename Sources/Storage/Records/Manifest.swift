// SPDX-License-Identifier: Apache-2.0
import Networking

/// Which files make up the store. Replaced as one, by a rename.
///
/// Lines of text, so that a person can see what belongs to what; the last is a checksum of the rest.
struct Manifest: Equatable {
    /// Journals with a smaller number are in the tables.
    var firstJournal: Int
    /// A revision that all commits in the tables have at most.
    var revision: Revision
    /// The newest first.
    var tables: [SortedTable.Description]

    static let name = "manifest"
    static let newName = "manifest.new"
    private static let heading = "nameplate records 1"
    private static let bytesMax = 1 << 20

    /// Nil when there is none.
    init?(in directory: borrowing Directory) throws(StorageError) {
        let contents: [UInt8]?
        do {
            contents = try directory.contents(of: Self.name, limit: Self.bytesMax)
        } catch {
            switch error {
            case .tooLarge(let path, let limit): throw .tooLarge(path: path, limit: limit)
            case .notAFile(let path): throw .notAFile(path: path)
            case .system(let error): throw .system(error)
            }
        }
        guard let contents else { return nil }
        guard let manifest = Self(String(decoding: contents, as: UTF8.self)) else {
            throw .damaged(path: "\(directory.path)/\(Self.name)", "not as it was written")
        }
        self = manifest
    }

    init(firstJournal: Int, revision: Revision, tables: [SortedTable.Description]) {
        self.firstJournal = firstJournal
        self.revision = revision
        self.tables = tables
    }

    /// Puts it in the place of the one that is there; `directory` is still to be synchronized.
    func replace(in directory: borrowing Directory) throws(StorageError) {
        try fileWork { () throws(SystemError) in
            try directory.remove(Self.newName)
            try directory.create(Self.newName, mode: .secret, contents: Array(text.utf8))
            try directory.synchronize(Self.newName)
            try directory.rename(Self.newName, to: directory, as: Self.name)
        }
    }

    // MARK: Text

    private var text: String {
        var text = "\(Self.heading)\njournal \(firstJournal)\nrevision \(revision.value)\n"
        for table in tables {
            text += "table \(table.number) \(table.size) \(table.root.offset)"
            text += " \(table.root.length) \(table.height)\n"
        }
        return text + "checksum \(Checksum.of(Array(text.utf8)[...]))\n"
    }

    private init?(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 5, lines[0] == Self.heading,
            let journal = Self.numbers(lines[1], "journal", 1)?.first,
            let revision = Self.numbers(lines[2], "revision", 1)?.first,
            let revision = UInt64(exactly: revision)
        else { return nil }
        var tables: [SortedTable.Description] = []
        for line in lines[3..<lines.count - 2] {
            guard let numbers = Self.numbers(line, "table", 5) else { return nil }
            tables.append(
                SortedTable.Description(
                    number: numbers[0], size: numbers[1],
                    root: BlockPlace(offset: numbers[2], length: numbers[3]), height: numbers[4]))
        }
        self.init(firstJournal: journal, revision: Revision(revision), tables: tables)
        // The sum's line and whatever else is wrong with the text.
        guard self.text == text else { return nil }
    }

    private static func numbers(_ line: Substring, _ word: String, _ count: Int) -> [Int]? {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.first == word[...], words.count == count + 1 else { return nil }
        let numbers = words.dropFirst().compactMap { Int($0) }.filter { $0 >= 0 }
        return numbers.count == count ? numbers : nil
    }
}
