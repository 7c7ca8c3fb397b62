import Ledger
import Testing
import Tiling

@Suite struct ReconciliationTests {
    let file: FreshLedger
    init() throws { file = try FreshLedger() }

    private func reconcile(_ ledger: Ledger, _ receipts: [Receipt]) throws -> Reconciliation {
        try ledger.reconcile(recipe: recipe) { adopt in
            for receipt in receipts { try adopt(receipt, CanonicalJSON.bytes(receipt)) }
        }
    }

    @Test func theNewestGenerationWinsWhateverTheOrder() throws {
        let receipts = [
            receipt(generation: 1), receipt(generation: 3, values: "c"), receipt(generation: 2, values: "b"),
        ]
        for order in [receipts, receipts.reversed(), [receipts[1], receipts[0], receipts[2]]] {
            let file = try FreshLedger()
            let ledger = try file.open()
            let outcome = try reconcile(ledger, order)
            #expect(outcome.disputedUnits.isEmpty)
            #expect(try ledger.receipt(for: unitA)?.generation == 3)
            #expect(try ledger.row(unitA)?.values == receipt(values: "c").valuesDigest)
        }
    }

    @Test func whatTheLedgerKnowsIsNotDowngraded() throws {
        let ledger = try file.open()
        try ledger.record([
            completed(receipt()), .putBack(unitA, generation: 2),
            failed(unitB, attempt(1), isRetriable: false),
            .quarantined("merge/2016-01-01", generation: 1, cause: "bad", nodes: ["a"]),
        ])
        let outcome = try reconcile(ledger, [receipt(), receipt(unitB), receipt("merge/2016-01-01")])
        #expect(outcome.addedCount == 0)
        let units = try ledger.table()
        #expect(units[unitA]?.state == .open)
        #expect(units[unitA]?.generation == 2)
        #expect(units[unitB]?.state == .failed)
        #expect(units["merge/2016-01-01"]?.state == .quarantined)
    }

    @Test func aResultThatNeverReachedTheCoordinatorIsTaken() throws {
        let ledger = try file.open()
        try ledger.record([.leased(unitA, attempt: attempt(2), worker: "w")])
        #expect(
            try reconcile(ledger, [receipt(attempt: 1), receipt(attempt: 1), receipt(unitB)]).addedCount == 2)
        #expect(try ledger.row(unitA)?.state == .done)
        #expect(try ledger.receipt(for: unitA)?.attempt == 1)
    }

    @Test func otherRecipesArePassedOver() throws {
        let ledger = try file.open()
        let outcome = try reconcile(ledger, [receipt(recipe: Digest(of: "old")), receipt(unitB)])
        #expect(outcome.foreignCount == 1)
        #expect(outcome.addedCount == 1)
        #expect(try ledger.row(unitA) == nil)
    }

    @Test func twoResultsWithDifferentValuesQuarantineTheUnitAndNameTheNodes() throws {
        let ledger = try file.open()
        let outcome = try reconcile(
            ledger, [receipt(), receipt(attempt: 2, node: "node-2", values: "other"), receipt(unitB)])
        #expect(outcome.disputedUnits == [unitA])
        let unit = try #require(try ledger.row(unitA))
        #expect(unit.state == .quarantined)
        #expect(unit.node == "node-1,node-2")
        #expect(try ledger.receipt(for: unitA) == nil)
        #expect(try ledger.row(unitB)?.state == .done)
        try ledger.close()
        #expect(try file.rows("SELECT other_node FROM conflict") == [["node-2"]])
    }

    @Test func manyReceiptsAreWrittenInBatches() throws {
        let ledger = try file.open()
        let receipts = (0..<600).map { receipt("predict/x\($0)y1/2016-01") }
        #expect(try reconcile(ledger, receipts).addedCount == 600)
        #expect(try reconcile(ledger, receipts).addedCount == 0)
        #expect(try ledger.table().values.count { $0.state == .done } == 600)
    }
}
