using Xunit;

namespace Evergrant.House.Tests;

public class SourceTextTests
{
    [Theory]
    [InlineData("a // Task", "a ")]
    [InlineData("a /* Task\nb */ c", "a \n c")]
    [InlineData("x = \"Task \\\" Task\";", "x = \"\";")]
    [InlineData("x = @\"Task \"\" Task\";", "x = \"\";")]
    [InlineData("x = \"\"\"a \"Task\" b\"\"\"; y", "x = \"\"; y")]
    [InlineData("x = $\"{a(\"Task\")} Task {{\"; y", "x = \"\"; y")]
    [InlineData("x = '\"'; Task", "x = \"\"; Task")]
    [InlineData("x = '\\''; Task", "x = \"\"; Task")]
    [InlineData("a / b; @event", "a / b; @event")]
    public void Comments_and_strings_are_not_code(string source, string code) => Assert.Equal(code, SourceText.CodeOnly(source));
}
