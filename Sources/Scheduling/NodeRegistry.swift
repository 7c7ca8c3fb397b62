/// Names of machines, and on which of them each worker runs or ran.
struct NodeRegistry {
    private var names = ["an unknown node"]
    private var numbers: [String: Int] = [:]
    private var nodes: [WorkerID: String] = [:]

    mutating func note(_ worker: WorkerID, on node: String) { nodes[worker] = node }

    /// The node of a worker, its own name when it never said hello.
    func node(of worker: WorkerID) -> String { nodes[worker] ?? worker.name }

    /// A number that fits a unit's record; nodes beyond the limit share that of the unknown one.
    mutating func number(of node: String) -> Int {
        if let number = numbers[node] { return number }
        guard names.count < UnitRecord.nodeLimit else { return 0 }
        numbers[node] = names.count
        names.append(node)
        return names.count - 1
    }

    func name(ofNumber number: Int) -> String { names[number] }
}
