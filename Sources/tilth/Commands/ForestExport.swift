import ArgumentParser
import Forests
import Foundation
import Storage
import Tiling

struct ForestExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a forest as ONNX, for onnxruntime and all that reads ONNX.",
        discussion: """
            Writes one TreeEnsembleRegressor (ai.onnx.ml 1) that takes float32 rows in the forest's order: \
            the same leaf for every row and tree, values within float32. Names, units and provenance go \
            along as metadata.
            """)

    @Argument(help: "A forest file.") var forest: String
    @Option(name: .long, help: "The ONNX file to write.") var onnx: String

    func run() throws {
        let forest = try Forest(contentsOf: forest)
        let export = try OnnxExport(forest, name: self.forest)
        // A folder that cannot take the file is found out before the work, not after it.
        let temporary = "\(onnx).\(ProcessInfo.processInfo.processIdentifier).partial"
        guard FileManager.default.createFile(atPath: temporary, contents: nil),
            let file = FileHandle(forWritingAtPath: temporary)
        else { throw Failure.wrongUse("\(onnx): cannot be written: check the folder and its permissions") }
        do {
            try export.write { try file.write(contentsOf: $0) }
            try file.close()
            try DurableFile.adopt(temporary: temporary, as: onnx)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        for note in export.notes { print("note: \(note)") }
        print("\(onnx): \(forest.treeCount) trees, \(grouped(export.byteCount)) bytes")
    }
}
