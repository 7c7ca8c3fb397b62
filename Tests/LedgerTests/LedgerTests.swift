import Ledger
import Testing
import Tiling

@Suite struct LedgerTests {
    let file: FreshLedger
    init() throws { file = try FreshLedger() }

    @Test func remembersWhatHappenedAfterItWasClosed() throws {
        let first = try file.open()
        #expect(first.notice == nil)
        try first.record([
            .leased(unitA, attempt: attempt(1), worker: "worker-1"),
            .leased(unitB, attempt: attempt(1), worker: "worker-1"), completed(receipt()),
            .quarantined("merge/2016-01-01", generation: 2, cause: "bad node", nodes: ["a", "b"]),
        ])
        try first.setMeta("canary", "one")
        try first.setMeta("canary", "two")
        try first.close()

        let ledger = try file.open()
        let units = try ledger.table()
        #expect(units.count == 3)
        #expect(units[unitA]?.state == .done)
        #expect(units[unitA]?.values == receipt().valuesDigest)
        #expect(units[unitA]?.node == "node-1")
        #expect(units[unitB]?.state == .leased)
        #expect(units[unitB]?.values == nil)
        #expect(units["merge/2016-01-01"]?.state == .quarantined)
        #expect(units["merge/2016-01-01"]?.generation == 2)
        #expect(units["merge/2016-01-01"]?.node == "a,b")
        #expect(try ledger.receipt(for: unitA) == receipt())
        #expect(try ledger.receipt(for: unitB) == nil)
        #expect(try ledger.meta("canary") == "two")
        #expect(try ledger.meta("other") == nil)
    }

    @Test func aBatchIsWrittenAsAWholeOrNotAtAll() throws {
        let ledger = try file.open()
        try ledger.record([.leased(unitA, attempt: attempt(1), worker: "worker-1")])
        try ledger.close()
        try file.tamper(
            """
            CREATE TRIGGER full BEFORE INSERT ON failure
            BEGIN SELECT RAISE(ABORT, 'no room for failures'); END
            """
        )
        let again = try file.open()
        let error = try #require(throws: LedgerError.self) {
            try again.record([completed(receipt()), failed(unitB, attempt(1), isRetriable: true)])
        }
        #expect(error.description.contains("cannot record 2 entries: no room for failures"))
        #expect(try again.table().keys.sorted() == [unitA])
        #expect(try again.row(unitA)?.state == .leased)
        #expect(try again.receipt(for: unitA) == nil)
        try again.record([completed(receipt())])
        #expect(try again.row(unitA)?.state == .done)
    }

    @Test func aSecondCoordinatorIsRefused() throws {
        let ledger = try file.open()
        try ledger.record([completed(receipt())])
        let error = try #require(throws: LedgerError.self) { try file.open() }
        #expect(error.description.hasPrefix("\(file.path) is in use by another coordinator"))
        #expect(!error.isRetriable)
        #expect(try ledger.row(unitA)?.state == .done)
        try ledger.close()
        #expect(try file.open().row(unitA)?.state == .done)
    }

    @Test func aSettledUnitChangesOnlyInANewGeneration() throws {
        let ledger = try file.open()
        try ledger.record([.leased(unitA, attempt: attempt(2), worker: "w"), completed(receipt(attempt: 2))])
        try ledger.record([
            .leased(unitA, attempt: attempt(3), worker: "late"),
            failed(unitA, attempt(1), isRetriable: false),
            completed(receipt(attempt: 1, node: "node-9")), completed(receipt(attempt: 3, node: "node-9")),
            .putBack(unitA, generation: 1),
        ])
        let done = try #require(try ledger.row(unitA))
        #expect(done.state == .done)
        #expect(done.attempt == 2)
        #expect(done.node == "node-1")
        try ledger.record([.putBack(unitA, generation: 2)])
        #expect(try ledger.row(unitA)?.state == .open)
        #expect(try ledger.row(unitA)?.attemptCount == 0)
        #expect(try ledger.receipt(for: unitA) == nil)
        try ledger.record([completed(receipt(generation: 1, attempt: 4))])
        #expect(try ledger.row(unitA)?.state == .open)
        try ledger.record([completed(receipt(generation: 2, values: "new"))])
        #expect(try ledger.receipt(for: unitA)?.generation == 2)
        #expect(try ledger.row(unitA)?.values == receipt(values: "new").valuesDigest)
        try ledger.close()
        #expect(try file.rows("SELECT unit FROM conflict").isEmpty, "equal values are mere duplicates")
    }

    @Test func aLateFailureDoesNotFreeAQuarantinedUnit() throws {
        let ledger = try file.open()
        try ledger.record([
            .leased(unitA, attempt: attempt(1), worker: "w"),
            .quarantined(unitA, generation: 1, cause: "killed three workers", nodes: ["a"]),
            failed(unitA, attempt(1), isRetriable: true), completed(receipt()),
        ])
        #expect(try ledger.row(unitA)?.state == .quarantined)
        #expect(try ledger.row(unitA)?.cause == "killed three workers")
        #expect(try ledger.receipt(for: unitA) == nil)
    }

    @Test func otherValuesOfADoneUnitAreWrittenDown() throws {
        let ledger = try file.open()
        try ledger.record([
            completed(receipt()), completed(receipt(attempt: 2, node: "node-2", values: "other")),
        ])
        #expect(try ledger.receipt(for: unitA) == receipt())
        try ledger.close()
        let conflicts = try file.rows(
            "SELECT unit, kept_node, other_node, kept_values_sha256, other_values_sha256 FROM conflict")
        #expect(
            conflicts == [
                [
                    unitA, "node-1", "node-2", receipt().valuesDigest.hex,
                    receipt(values: "other").valuesDigest.hex,
                ]
            ])
    }

    @Test func failuresAreKeptAndCountOnlyForOpenUnitsOfTheirGeneration() throws {
        let ledger = try file.open()
        try ledger.record([
            .leased(unitA, attempt: attempt(1), worker: "w"),
            failed(unitA, attempt(1), isRetriable: true, cause: "one"),
            failed(unitB, attempt(1), isRetriable: false, cause: "two"),
        ])
        #expect(try ledger.row(unitA)?.state == .open)
        #expect(try ledger.row(unitA)?.attemptCount == 1)
        #expect(try ledger.row(unitB)?.state == .failed)
        #expect(try ledger.row(unitB)?.cause == "two")
        #expect(try ledger.strikes().map(\.cause) == ["one"])
        try ledger.record([.putBack(unitA, generation: 2)])
        #expect(try ledger.strikes().isEmpty)
        try ledger.close()
        #expect(try file.rows("SELECT cause FROM failure ORDER BY number") == [["one"], ["two"]])
    }
}
