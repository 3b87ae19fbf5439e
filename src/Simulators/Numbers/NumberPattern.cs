using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Relais.Simulators;

/// <summary>What a search or a list matches numbers with: * for a digit, % for any, + at the start and $ at the end for the ends, letters as on a keypad.</summary>
internal static partial class NumberPattern
{
    private const string Keypad = "22233344455566677778889999";

    /// <returns>whether the text is one that a search takes: 2 to 16 characters</returns>
    public static bool IsValid(string text) => Allowed().IsMatch(text);

    public static Regex Of(string text)
    {
        var pattern = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            pattern.Append(text[i] switch
            {
                '*' => "[0-9]",
                '%' => "[0-9]*",
                '+' when i == 0 => "^\\+",
                '$' when i == text.Length - 1 => "$",
                var c when char.IsAsciiLetter(c) => Keypad[char.ToUpperInvariant(c) - 'A'].ToString(),
                var c => Regex.Escape(c.ToString(CultureInfo.InvariantCulture)),
            });
        }

        return new Regex(pattern.ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
    }

    [GeneratedRegex(@"^(?=.{2,16}$)\+?[0-9A-Za-z*%]+\$?$")]
    private static partial Regex Allowed();
}
