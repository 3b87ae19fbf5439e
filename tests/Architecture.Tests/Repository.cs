using System.Reflection;

namespace Architecture.Tests;

/// <summary>The files and types of this repository that the architecture tests check.</summary>
internal static class Repository
{
    private static readonly string[] ExcludedFolders =
    [
        "bin", "obj", "node_modules", ".git", ".relais", ".vs", "TestResults", "BenchmarkDotNet.Artifacts",
    ];

    public static Assembly App { get; } = Assembly.Load("Relais.Functions");

    public static string Root { get; } = FindRoot();

    public static IEnumerable<string> Files(string folder = ".", string pattern = "*") =>
        Below(new DirectoryInfo(Path.Combine(Root, folder)), pattern)
            .Select(file => Path.GetRelativePath(Root, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal);

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static IEnumerable<string> AppSources => Files("src/Functions", "*.cs");

    public static IEnumerable<Type> AppTypes => App.GetTypes().Where(type =>
        type.Namespace?.StartsWith("Relais", StringComparison.Ordinal) == true && type.Namespace != "Relais.Generated"
            && !type.Name.Contains('<', StringComparison.Ordinal));

    /// <summary>Fails and names every violation if there is one.</summary>
    public static void None<T>(IEnumerable<T> violations) => Assert.Empty(violations.ToList());

    private static IEnumerable<FileInfo> Below(DirectoryInfo folder, string pattern) => folder.GetFiles(pattern)
        .Concat(folder.GetDirectories().Where(child => !ExcludedFolders.Contains(child.Name)).SelectMany(child => Below(child, pattern)));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Functions.sln is in no folder above the tests.");
        }

        return folder.FullName;
    }
}
