"""What was asked, what came out and why, on paper: a page, a workbook or a printed document."""
