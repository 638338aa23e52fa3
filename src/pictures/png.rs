//! Renders SVG to PNG with the bundled fonts.

use std::{
    io::Write,
    sync::{Arc, LazyLock},
};

use epaint_default_fonts::{NOTO_EMOJI_REGULAR, UBUNTU_LIGHT};
use png::{BitDepth, ColorType, Encoder};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{Options, Tree, fontdb},
};

use super::letters::with_fonts;
use crate::error::{ApiError, ApiResult};

static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(UBUNTU_LIGHT)));
    fonts.load_font_source(fontdb::Source::Binary(Arc::new(NOTO_EMOJI_REGULAR)));
    fonts.set_sans_serif_family("Ubuntu");
    Arc::new(fonts)
});

/// Rows rendered at a time. All pixels of a large picture would take 23 MB.
const BAND: u32 = 400;

/// Renders the picture with this width in pixels.
pub fn png(svg: &str, width: u32) -> ApiResult<Vec<u8>> {
    let tree = tree(svg)?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgba);
    encoder.set_depth(BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(ApiError::internal)?;
    let mut rows = writer.stream_writer().map_err(ApiError::internal)?;
    for top in (0..height).step_by(BAND as usize) {
        let pixmap = Pixmap::new(width, BAND.min(height - top));
        let mut pixmap = pixmap.ok_or_else(|| ApiError::internal("the picture has no pixels"))?;
        let place = Transform::from_scale(scale, scale).post_translate(0.0, -(top as f32));
        resvg::render(&tree, place, &mut pixmap.as_mut());
        rows.write_all(&pixmap.take_demultiplied()).map_err(ApiError::internal)?;
    }
    rows.finish().map_err(ApiError::internal)?;
    drop(writer);
    Ok(bytes)
}

/// Parses an SVG and lays out its text.
pub fn tree(svg: &str) -> ApiResult<Tree> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    Tree::from_str(&with_fonts(svg), &options).map_err(ApiError::internal)
}
