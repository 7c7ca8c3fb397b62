internal import Foundation
internal import Tiling

extension RunPlan {
    /// What every map of a layer and day says about itself: readable in QGIS, gdalinfo and rasterio.
    func mapMetadata(of layer: Layer, day: Day) -> [String: String] {
        var depth = ""
        if let limits = layer.depth, limits.count == 2 {
            depth = String(format: ", %g to %g m deep", limits[0], limits[1])
        }
        return [
            "TIFFTAG_IMAGEDESCRIPTION":
                "Soil moisture, \(layer.name)\(depth), \(day), \(product.output.unit): \(product.name)",
            "TIFFTAG_DATETIME": day.iso.replacing("-", with: ":") + " 00:00:00",
            "TIFFTAG_SOFTWARE": "Tilth \(software)", "AREA_OR_POINT": "Area",
            "TILTH_PRODUCT": product.name, "TILTH_LAYER": layer.name, "TILTH_DAY": day.iso,
            "TILTH_RECIPE": recipe.hex, "TILTH_FOREST": forests[layer.name]?.hex ?? "",
        ]
    }
}
