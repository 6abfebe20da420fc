//! Reads a page of metrics (Prometheus text).

/// A page.
#[derive(Debug)]
pub struct Page<'a> {
    lines: Vec<(&'a str, &'a str, f64)>,
}

impl<'a> Page<'a> {
    /// Reads what it understands.
    pub fn read(text: &'a str) -> Page<'a> {
        let line = |line: &'a str| {
            let (name, value) = line.rsplit_once(' ')?;
            let (name, labels) = name.split_once('{').unwrap_or((name, ""));
            Some((name, labels.trim_end_matches('}'), value.parse().ok()?))
        };
        Page { lines: text.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect() }
    }

    /// The sum of a figure over all its labels.
    pub fn sum(&self, name: &str) -> f64 {
        self.lines.iter().filter(|(found, ..)| *found == name).map(|(.., value)| value).sum()
    }

    /// A figure by the values of one label.
    pub fn by_label(&self, name: &str, label: &str) -> impl Iterator<Item = (&'a str, f64)> {
        let value_of = move |labels: &'a str| {
            let named = labels.split(',').filter_map(|part| part.split_once('='));
            named.into_iter().find(|(found, _)| *found == label).map(|(_, value)| value.trim_matches('"'))
        };
        let lines = self.lines.iter().filter(move |(found, ..)| *found == name);
        lines.filter_map(move |(_, labels, value)| Some((value_of(labels)?, *value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str =
        "# HELP a b\n# TYPE a counter\na{thread=\"x\",kind=\"k\"} 1.5\na{thread=\"y\"} 2\nb 7\nnonsense\n";

    #[test]
    fn figures_are_found_by_name_and_label() {
        let page = Page::read(PAGE);
        assert_eq!((page.sum("a"), page.sum("b"), page.sum("c")), (3.5, 7.0, 0.0));
        assert_eq!(page.by_label("a", "thread").collect::<Vec<_>>(), [("x", 1.5), ("y", 2.0)]);
        assert_eq!(page.by_label("a", "kind").collect::<Vec<_>>(), [("k", 1.5)]);
    }
}
