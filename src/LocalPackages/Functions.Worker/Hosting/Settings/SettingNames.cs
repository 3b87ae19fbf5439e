using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Azure.Functions.Worker.Hosting.Settings;

internal static partial class SettingNames
{
    /// <summary>Puts settings in place of %NAME%.</summary>
    public static string Resolve(string text, IConfiguration configuration) => Name().Replace(text, match =>
        configuration[match.Groups[1].Value] ?? throw new InvalidOperationException($"The setting '{match.Groups[1].Value}' that \"{text}\" names is not set."));

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Name();
}
