import Foundation
import Testing

@testable import Storage

@Suite struct ColumnSpoolTests {
    private let folder = FileManager.default.temporaryDirectory.path

    @Test(arguments: [0, 1, 3, 4, 5, 8, 11]) func columnsComeBack(rows: Int) throws {
        var spool = ColumnSpool(columnCount: 3, folder: folder, blockRows: 4)
        for row in 0..<rows { try spool.append([Float(row), Float(-row), .nan]) }
        #expect(spool.rowCount == rows)
        #expect(try spool.column(0) == (0..<rows).map { Float($0) })
        #expect(try spool.column(1) == (0..<rows).map { -Float($0) })
        let missing = try spool.column(2)
        #expect(missing.count == rows && missing.allSatisfy(\.isNaN))
    }

    @Test func aCopyOutlivesItsOrigin() throws {
        func made() throws -> ColumnSpool {
            var spool = ColumnSpool(columnCount: 2, folder: folder, blockRows: 2)
            for row in 0..<7 { try spool.append([Float(row), Float(row * row)]) }
            return spool
        }
        let spool = try made()
        #expect(try spool.column(1) == [0, 1, 4, 9, 16, 25, 36])
    }

    @Test func rowsWithoutColumnsAreCounted() throws {
        var spool = ColumnSpool(columnCount: 0, folder: folder, blockRows: 2)
        for _ in 0..<5 { try spool.append([]) }
        #expect(spool.rowCount == 5)
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        var spool = ColumnSpool(columnCount: 1, folder: "/nonexistent", blockRows: 2)
        try spool.append([1])
        let error = #expect(throws: StorageError.self) { try spool.append([2]) }
        #expect(try #require(error).description.hasPrefix("/nonexistent: cannot make a temporary file"))
    }
}
