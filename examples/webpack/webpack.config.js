import HtmlWebpackPlugin from "html-webpack-plugin";

export default {
  entry: "./src/main.js",
  output: { filename: "[name].[contenthash].js", clean: true },
  plugins: [new HtmlWebpackPlugin({ template: "./src/page.html", scriptLoading: "module" })],
  // noVNC is a chunk of its own that comes when a console opens; webpack's limits are for what a page starts with.
  performance: { hints: false },
};
