//! The demo's papers, printed on the spot: one page of PDF with a few lines.

use std::fmt::Write;

/// A page with these lines. Chinese is set in a font that readers bring along (STSong-Light), so that
/// none has to be embedded.
#[must_use]
pub fn pdf(lines: &[&str]) -> Vec<u8> {
    let mut text = "BT /F 14 Tf 60 760 Td 26 TL\n".to_owned();
    for line in lines {
        text.push('<');
        for unit in line.encode_utf16() {
            let _ = write!(text, "{unit:04X}");
        }
        text.push_str("> Tj T*\n");
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>"
            .to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) \
         /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R /DW 1000 >>"
            .to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 \
         /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
            .to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (i, object) in objects.iter().enumerate() {
        let _ = writeln!(places, "{:010} 00000 n ", out.len());
        let _ = write!(out, "{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let (start, n) = (out.len(), objects.len() + 1);
    let _ = write!(
        out,
        "xref\n0 {n}\n0000000000 65535 f \n{places}trailer\n<< /Size {n} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::pdf;

    #[test]
    fn the_table_of_a_paper_points_at_its_objects() {
        let bytes = pdf(&["入驻协议（演示）", "demo"]);
        let text = String::from_utf8_lossy(&bytes);
        for (i, line) in text.lines().filter(|line| line.ends_with(" 00000 n ")).enumerate() {
            let at: usize = line.get(..10).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX);
            assert!(text.get(at..).is_some_and(|rest| rest.starts_with(&format!("{} 0 obj", i + 1))));
        }
        assert!(text.starts_with("%PDF-") && text.contains("<51659A7B534F"));
    }
}
