//! The Python face of the media engine: conversion only.
