//! Counts the words of standard input.

use std::io::{self, Read};

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

fn main() -> io::Result<()> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    println!("{}", words(&text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn counts() {
        assert_eq!(words(""), 0);
        assert_eq!(words(" one\ttwo\nthree "), 3);
    }
}
