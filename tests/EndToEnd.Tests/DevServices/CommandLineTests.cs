using Relais.DevHost;

namespace EndToEnd.Tests.DevServices;

public sealed class CommandLineTests
{
    [Fact]
    public void Options_are_read_with_a_blank_or_an_equals_sign()
    {
        var file = typeof(CommandLineTests).Assembly.Location;

        var options = CommandLine.Parse(["--demo-and-exit", "--rate=5", "--contacts", file, "--fresh"]);

        Assert.Equal(new HostOptions { DemoAndExit = true, Rate = 5, Contacts = file, Fresh = true }, options);
    }

    [Theory]
    [InlineData("unknown options: --rat 5", "--rat", "5")]
    [InlineData("--rate needs a value", "--rate")]
    [InlineData("not '0'", "--rate", "0")]
    [InlineData("not 'ten'", "--rate", "ten")]
    [InlineData("there is no file 'absent.csv'", "--contacts", "absent.csv")]
    [InlineData("exclude each other", "--no-demo", "--demo-and-exit")]
    [InlineData("--host is relais or func, not 'azure'", "--host", "azure")]
    [InlineData("there is no program func on the PATH", "--host=func")]
    [InlineData("unknown option: --fresh=yes", "--fresh=yes")]
    public void An_invalid_argument_is_named(string expected, params string[] args)
    {
        var failure = Assert.Throws<CommandLineException>(() => CommandLine.Parse(args));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }
}
