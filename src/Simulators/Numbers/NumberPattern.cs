using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Simulators;

/// <summary>
/// The patterns of searches and lists of numbers: * stands for a digit, % for any number of digits, + for the start, $ for the end,
/// and a letter for its digit on a keypad.
/// </summary>
internal static partial class NumberPattern
{
    private const string Keypad = "22233344455566677778889999";

    /// <returns>whether a search accepts the pattern, which has 2 to 16 characters</returns>
    public static bool IsValid(string text) => Allowed().IsMatch(text);

    public static Regex Of(string text)
    {
        var pattern = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            pattern.Append(text[index] switch
            {
                '*' => "[0-9]",
                '%' => "[0-9]*",
                '+' when index == 0 => "^\\+",
                '$' when index == text.Length - 1 => "$",
                var c when char.IsAsciiLetter(c) => Keypad[char.ToUpperInvariant(c) - 'A'].ToString(),
                var c => Regex.Escape(c.ToString(CultureInfo.InvariantCulture)),
            });
        }

        return new Regex(pattern.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"^(?=.{2,16}$)\+?[0-9A-Za-z*%]+\$?$")]
    private static partial Regex Allowed();
}
