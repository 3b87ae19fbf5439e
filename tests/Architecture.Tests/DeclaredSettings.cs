using System.Reflection;
using Relais.Platform.Settings;

namespace Architecture.Tests;

/// <summary>Every setting that an options class declares.</summary>
internal static class DeclaredSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. from type in Repository.AppTypes
           let section = type.GetField("Section", BindingFlags.Public | BindingFlags.Static)
           where section is not null && type.Name.EndsWith("Options", StringComparison.Ordinal)
           from property in type.GetProperties()
           orderby type.Name, property.Name
           select new Setting((string)section.GetRawConstantValue()!, property),
    ];
}
