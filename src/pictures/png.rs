//! SVG as PNG, with fonts that the program brings along.

use std::sync::{Arc, LazyLock};

use epaint_default_fonts::{NOTO_EMOJI_REGULAR, UBUNTU_LIGHT};
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

/// The picture so many pixels wide.
pub fn png(svg: &str, width: u32) -> ApiResult<Vec<u8>> {
    let tree = tree(svg)?;
    let scale = width as f32 / tree.size().width();
    let height = (tree.size().height() * scale).round() as u32;
    let pixmap = Pixmap::new(width, height);
    let mut pixmap = pixmap.ok_or_else(|| ApiError::internal("a picture without pixels"))?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    encode(pixmap).map_err(ApiError::internal)
}

/// As [`Pixmap::encode_png`], which would copy all pixels first.
fn encode(pixmap: Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let (width, height) = (pixmap.width(), pixmap.height());
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(&pixmap.take_demultiplied())?;
    Ok(bytes)
}

/// An SVG with its text laid out.
pub fn tree(svg: &str) -> ApiResult<Tree> {
    let options = Options { fontdb: Arc::clone(&FONTS), ..Options::default() };
    Tree::from_str(&with_fonts(svg), &options).map_err(ApiError::internal)
}
